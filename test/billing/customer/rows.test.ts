import type { PlanSnapshot } from '../../../billing/catalogue.js';
import { foldStretch } from '../../../billing/customer/fold.js';
import { initialState } from '../../../billing/customer/initial.js';
import { foldRows } from '../../../billing/customer/rows.js';
import { planInForce } from '../../../billing/customer/periods/segments.js';
import type { SumRow } from '../../../billing/log.js';
import type { CustomerState } from '../../../billing/state.js';
import { METERS } from '../contractCatalogue.js';
import { commanded, folded, FREE, free, row, START_MS, used } from './world.js';

const HOUR_MS = 3_600_000;
const START_S = START_MS / 1000;
const MILLION = 1_000_000;

const newest = (state: CustomerState) => state.segments[0]?.newest;
const at = (bucket: number, meter = 'tokens'): SumRow => ({ ...row(0, 5, meter), bucket });

describe('the newest usage of each meter', () => {
  it('is its minute, and older usage does not take it back', () => {
    const state = foldRows(free(), [at(START_S + 125)]);
    expect(newest(state)).toEqual({ tokens: START_S + 120 });
    expect(newest(foldRows(state, [at(START_S + 5)]))).toEqual({ tokens: START_S + 120 });
    expect(newest(foldRows(state, [at(START_S + 180)]))).toEqual({ tokens: START_S + 180 });
  });

  it('moves for the meters that a row counts in, and no others', () => {
    const state = foldRows(free(), [at(START_S), at(START_S + 60, 'calls')]);
    expect(newest(state)).toEqual({ tokens: START_S, calls: START_S + 60 });
  });
});

it('usage of who has left is written off from the end on', () => {
  const END_S = Date.UTC(2026, 1, 1) / 1000;
  const left: CustomerState = { ...free(), status: 'canceled' };
  expect(foldRows(left, [at(END_S), at(END_S + 60)])).toBe(left);
  expect(foldRows(left, [at(END_S - 60)]).segments[0]?.totals['tokens']?.quantity).toBe(5);
});

it('without a plan in force usage counts in its period and in no limit', () => {
  const none: CustomerState = { ...free(), plan: null };
  const after = foldRows(none, [at(START_S)]);
  expect(after.segments[0]?.totals['tokens']?.quantity).toBe(5);
  expect([after.counters, after.pace]).toEqual([none.counters, none.pace]);
});

it('no rows change nothing, also before the first period', () => {
  const start = initialState({ mode: 'test', customer: 'acme', life: 1 });
  expect(foldRows(start, [])).toBe(start);
  expect(planInForce(start)).toBeNull();
});

describe('usage burns credits where the plan pays in them', () => {
  const PAYING = { name: 'p', interval: 'month', creditGrant: { amount: '100' } } as const;
  const NOT_PAYING = { name: 'p', interval: 'month', limits: [
    { id: 'l', meters: ['credits'], max: 999, window: 'day', scope: 'customer' },
  ] } as const;

  function on(plan: PlanSnapshot['plan']): CustomerState {
    const snapshot: PlanSnapshot = { ...FREE, meters: METERS, plan };
    return folded([
      commanded(1, { type: 'customer', plan: snapshot, details: {}, atMs: START_MS }),
    ]);
  }
  const images = (state: CustomerState, atMs: number, count: number) =>
    foldStretch(state, used(state.mark + 1, state.mark + 1, [row(atMs, count, 'images')]));

  it('by the minute of the usage, for its period', () => {
    const { credits } = images(on(PAYING), START_MS + HOUR_MS, 3);
    expect(credits.lots.map(({ id, left }) => [id, left])).toEqual([['grant/0', 85 * MILLION]]);
    expect(credits.entries.at(-1)).toEqual({
      id: `burn/0/${START_S + 3600}`,
      kind: 'burn',
      amount: -15 * MILLION,
      balanceAfter: 85 * MILLION,
      timestampMs: START_MS + HOUR_MS,
      from: ['grant/0'],
      because: { period: 0 },
    });
  });

  it('gives them back because of the period, and never for a time', () => {
    const back = { ...row(START_MS + HOUR_MS, -2, 'images'), count: -1, last: null };
    const used3 = images(on(PAYING), START_MS + HOUR_MS, 3);
    const { credits } = foldRows(used3, [back]);
    expect(credits.entries.at(-1)).toMatchObject({
      id: 'refund/period-0', amount: 10 * MILLION, because: { period: 0 },
    });
    expect(credits.lots.find(({ id }) => id === 'refund/period-0')).toMatchObject({
      left: 10 * MILLION, expiresAtMs: null, timestampMs: START_MS + HOUR_MS,
    });
  });

  it('and leaves the account alone otherwise', () => {
    const rated = images(on(NOT_PAYING), START_MS, 3);
    expect(rated.segments[0]?.totals['credits']?.quantity).toBe(15 * MILLION);
    expect(rated.credits).toEqual(free().credits);
    const paying = on(PAYING);
    expect(images(paying, START_MS, 0).credits).toBe(paying.credits);
  });
});
