import * as fc from 'fast-check';
import type { SumRow } from '../../../billing/log.js';
import { DAY_MS } from '../../../billing/period.js';
import type { CustomerState } from '../../../billing/state.js';
import { alerted, counted, limit, NOW_MS, raise, tokens } from './world.js';

/** Laws of alerts that no order of folding and no moment of looking can break. */

const PLAN = {
  limits: [
    limit(),
    limit({ id: 'each', scope: 'user', max: 400 }),
    limit({ id: 'soft', window: 'day', enforcement: 'soft', max: 300 }),
  ],
  prices: { tokens: { type: 'perUnit' as const, unitAmountMinor: '1', included: 700 } },
  spend: { softAmountMinor: 100, hardAmountMinor: 300 },
  alertsAtPercent: [10, 50, 80],
};

const quantities = fc.array(
  fc.record({ quantity: fc.integer({ min: 1, max: 300 }), user: fc.constantFrom('a', 'b') }),
  { maxLength: 12 },
);

const rowsOf = (given: readonly { quantity: number; user: string }[]): SumRow[] =>
  given.map(({ quantity, user }) => tokens(quantity, user));

/** Folds rows one by one, raising what is due whenever `looks` says so, and at the end. */
function raisedOf(rows: readonly SumRow[], looks: readonly boolean[]): string[] {
  const keys: string[] = [];
  let state: CustomerState = alerted(PLAN);
  for (const [at, row] of [...rows, null].entries()) {
    if (row) state = counted(state, row);
    if (row && looks[at] !== true) continue;
    const done = raise(state);
    keys.push(...done.alerts.map(({ key }) => key));
    ({ state } = done);
  }
  return keys;
}

describe('alerts', () => {
  it('are the same set in whatever order usage is folded, each raised once', () => {
    const given = quantities.chain((list) =>
      fc.record({
        list: fc.constant(list),
        other: fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length }),
        looks: fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
      }),
    );
    fc.assert(
      fc.property(given, ({ list, other, looks }) => {
        const keys = raisedOf(rowsOf(list), looks);
        expect(new Set(keys).size).toBe(keys.length);
        expect([...raisedOf(rowsOf(other), [])].sort()).toEqual([...keys].sort());
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  it('are never raised twice, whatever is voided and however time goes on', () => {
    const step = fc.record({
      quantity: fc.integer({ min: -300, max: 300 }),
      user: fc.constantFrom('a', 'b'),
      days: fc.constantFrom(0, 0, 0, 1),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const keys: string[] = [];
        let state: CustomerState = alerted(PLAN);
        let nowMs = NOW_MS;
        for (const { days, ...given } of steps) {
          nowMs += days * DAY_MS;
          const done = raise(counted(state, ...rowsOf([given])), nowMs);
          keys.push(...done.alerts.map(({ key }) => key));
          ({ state } = done);
        }
        expect(new Set(keys).size).toBe(keys.length);
      }),
      { seed: 12, numRuns: 300 },
    );
  });
});
