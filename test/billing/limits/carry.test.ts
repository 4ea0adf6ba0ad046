import type { Limit, Meter } from '../../../billing/catalogue.js';
import type { LimitContext } from '../../../billing/limits/context.js';
import { counterKey } from '../../../billing/limits/counterKey.js';
import { carryCounters } from '../../../billing/limits/counting.js';
import { standingsOf } from '../../../billing/limits/standings.js';
import { ask, contextFor, holding, holdOf, planOf, rowOf, used } from './limited.js';

const DAY: Limit = { id: 'd', meters: ['tokens'], max: 100, window: 'day', scope: 'user' };
const EVER: Limit = { ...DAY, id: 'e', window: 'lifetime' };
const MINUTE: Limit = { ...DAY, id: 'm', window: 'minute', sliding: true };

/** Used by limit id for the first user. */
function usedBy(context: LimitContext): Record<string, unknown> {
  const standings = standingsOf(context, { user: 'u_1' });
  return Object.fromEntries(standings.map(({ id, used: units }) => [id, units]));
}

describe('a change of plan', () => {
  const price = { type: 'perUnit', unitAmountMinor: '1' } as const;
  const MONEY: Limit = { ...DAY, id: 'money', max: undefined, maxAmountMinor: 100 };
  const before = planOf([DAY, EVER], {});
  const context = used(contextFor(before), rowOf('input_tokens', 7));

  const carried = (from: LimitContext, to: typeof before) => ({
    ...from,
    snapshot: to,
    counters: carryCounters(from.counters, from.snapshot, to),
  });

  it('keeps counts of content that both plans limit, whatever its id and ceiling', () => {
    const after = planOf([{ ...DAY, id: 'other', max: 10 }, MINUTE]);
    const moved = carried(context, after);
    expect(usedBy(moved)).toEqual({ other: 7, m: 0 });
    expect(Object.keys(moved.counters)).toEqual([counterKey(DAY, after)]);
  });

  it('keeps the last value of a gauge with its time', () => {
    const meters: Record<string, Meter> = {
      calls: { name: 'Calls', unit: 'call', aggregation: 'sum' },
      seats: { name: 'Seats', unit: 'seat', aggregation: 'last' },
    };
    const limit: Limit = { ...MONEY, meters: ['calls', 'seats'], enforcement: 'soft' };
    const one = planOf([limit], { prices: { seats: price } }, meters);
    const two = planOf([limit], { prices: { calls: price, seats: price } }, meters);
    const moved = carried(used(contextFor(one), rowOf('seats', 8)), two);
    expect(standingsOf(moved, { user: 'u_1' })[0]).toMatchObject({ used: '8' });
  });

  it('goes on with the very counters where both plans keep the same numbers', () => {
    const key = counterKey(DAY, before);
    const moved = carryCounters(context.counters, before, planOf([DAY]));
    expect(moved[key]).toBe(context.counters[key]);
  });

  it('makes nothing of counters that were never there', () => {
    expect(carryCounters({}, before, before)).toStrictEqual({});
  });

  it('keeps counts of money by priced meter', () => {
    const priced = (...ids: string[]) =>
      planOf([{ ...MONEY, meters: ['input_tokens', 'output_tokens'] }], {
        prices: Object.fromEntries(ids.map((id) => [id, price])),
      });
    const from = holding(
      used(
        contextFor(priced('input_tokens', 'output_tokens')),
        rowOf('input_tokens', 7),
        rowOf('output_tokens', 5),
      ),
      holdOf(ask({ input_tokens: 2 })),
    );
    const one = { used: '7', held: '2' };
    expect(standingsOf(from, { user: 'u_1' })[0]).toMatchObject({ used: '12', held: '2' });
    for (const plan of [priced('input_tokens'), priced('images', 'input_tokens')]) {
      expect(standingsOf(carried(from, plan), { user: 'u_1' })[0]).toMatchObject(one);
    }
    const swapped = carried(from, priced('output_tokens', 'input_tokens'));
    expect(standingsOf(swapped, { user: 'u_1' })[0]).toMatchObject({ used: '12', held: '2' });
    expect(carried(from, priced('images')).counters).toEqual({});
    const onlyHeld = holding(contextFor(from.snapshot), holdOf(ask({ input_tokens: 2 })));
    const moved = carried(onlyHeld, priced('input_tokens'));
    expect(standingsOf(moved, { user: 'u_1' })[0]).toMatchObject({ used: '0', held: '2' });
  });
});
