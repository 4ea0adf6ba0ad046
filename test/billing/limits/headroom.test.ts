import fc from 'fast-check';
import type { Limit } from '../../../billing/catalogue.js';
import type { Asked } from '../../../billing/limits/context.js';
import { headroom } from '../../../billing/limits/headroom.js';
import { judge } from '../../../billing/limits/judge.js';
import { ask, contextFor, holding, holdOf, planOf, rowOf, used } from './limited.js';

function limit(more: Partial<Limit>): Limit {
  return { id: 'l', meters: ['tokens'], max: 25, window: 'minute', scope: 'user', ...more };
}

describe('headroom', () => {
  const prices = {
    tokens: {
      type: 'volume',
      tiers: [
        { upTo: 30, unitAmountMinor: '2' },
        { upTo: 'inf', unitAmountMinor: '1' },
      ],
    },
    images: { type: 'package', size: 7, packageAmountMinor: '10', included: 3 },
  } as const;
  const quantities = fc.record({
    input_tokens: fc.integer({ min: 0, max: 5 }),
    images: fc.integer({ min: 0, max: 5 }),
    requests: fc.integer({ min: 0, max: 2 }),
  });
  const spends = fc.integer({ min: 0, max: 200 });
  const times = (one: Asked, k: number): Asked => ({
    ...one,
    quantities: Object.fromEntries(Object.entries(one.quantities).map(([id, n]) => [id, n * k])),
  });

  it('is the largest number of asks that the limits let run', () => {
    fc.assert(
      fc.property(quantities, quantities, quantities, spends, (one, a, b, spend) => {
        const plan = planOf(
          [
            limit({ max: 60, window: 'day' }),
            limit({ id: 'rate', meters: ['requests'], max: 9, window: 'hour' }),
          ],
          { prices, spend: { hardAmountMinor: spend } },
        );
        const { requests, ...counted } = a;
        const calls = rowOf('requests', requests, { derived: true, count: requests });
        const rows = Object.entries(counted).map(([meter, n]) => rowOf(meter, n));
        const context = holding(
          used(contextFor(plan), ...rows, calls),
          holdOf(ask(b, { kind: 'lease' })),
        );
        const wanted = ask(one, { kind: 'lease' });
        const room = headroom(context, wanted);
        if (room > 0) expect(judge(context, times(wanted, room))).toBeNull();
        if (room < 2 ** 40) expect(judge(context, times(wanted, room + 1))).not.toBeNull();
      }),
      { numRuns: 120 },
    );
  });

  it('counts every request of a reservation in count meters', () => {
    const nine = limit({ meters: ['requests'], max: 9 });
    const context = contextFor(planOf([nine], { unlimited: ['tokens'] }));
    const full = used(context, rowOf('requests', 9, { derived: true, count: 9 }));
    expect(headroom(context, ask({ input_tokens: 5 }))).toBe(9);
    expect(headroom(full, ask({ input_tokens: 5 }))).toBe(0);
  });

  it('is looked for no further than is enough', () => {
    const nine = contextFor(planOf([limit({ max: 9 })], { unlimited: ['tokens'] }));
    const room = (enough?: number) => headroom(nine, ask({ input_tokens: 1 }), enough);
    expect([1, 4, 9, 10, 2 ** 50].map(room)).toEqual([1, 4, 9, 9, 9]);
    const open = contextFor(planOf([], { unlimited: ['tokens'] }));
    const most = (enough: number) => headroom(open, ask({ input_tokens: 1 }), enough);
    expect([1, 4, 2 ** 50].map(most)).toEqual([1, 4, 2 ** 40]);
  });

  it('is bounded where nothing limits, and nothing where nothing runs', () => {
    const context = contextFor(planOf([], { unlimited: ['tokens'] }));
    expect(headroom(context, ask({ input_tokens: 5 }))).toBe(2 ** 40);
    expect(headroom({ ...context, status: 'canceled' }, ask({ input_tokens: 5 }))).toBe(0);
    const price = { type: 'perUnit', unitAmountMinor: '0.001' } as const;
    const dear = planOf([], { prices: { tokens: price }, spend: { hardAmountMinor: 7 } });
    expect(headroom(contextFor(dear), ask({ input_tokens: 1 }))).toBe(7499);
  });
});
