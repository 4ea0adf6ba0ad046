import { comparedPeriods } from '../../../billing/migration/periods.js';
import { DAY_MS } from '../../../billing/period.js';
import type { Interval } from '../../../billing/catalogue.js';
import type { CustomerState } from '../../../billing/state.js';
import { customer, NOVEMBER_MS } from '../forecast/world.js';

/** Periods that say what another version would cost. */

const HOUR_MS = 3_600_000;
const at = (...date: readonly [number, number, number]) => Date.UTC(...date);

function joined(interval: Interval = 'month', change: Partial<CustomerState> = {}): CustomerState {
  return { ...customer({ interval }), ...change };
}

const starts = (state: CustomerState, nowMs: number) =>
  comparedPeriods(state, nowMs).map(({ startMs }) => new Date(startMs).toISOString().slice(0, 10));

test('are those that ended in the last 90 days, oldest first', () => {
  expect(starts(joined(), at(2027, 4, 15))).toEqual(['2027-02-01', '2027-03-01', '2027-04-01']);
  const [first] = comparedPeriods(joined(), at(2027, 4, 15));
  const bounds = { startMs: at(2027, 1, 1), endMs: at(2027, 2, 1) };
  expect(first).toEqual({ ...bounds, usageFromMs: bounds.startMs });
});

test('one that ended 90 days ago is too old, a moment later it is not', () => {
  const ninety = at(2027, 2, 1) + 90 * DAY_MS;
  expect(starts(joined(), ninety)[0]).toBe('2027-03-01');
  expect(starts(joined(), ninety - 1)[0]).toBe('2027-02-01');
  const days = comparedPeriods(joined('day'), NOVEMBER_MS + 200 * DAY_MS + HOUR_MS);
  expect(days).toHaveLength(90);
});

test('are the open one so far until the first has ended', () => {
  const december = at(2026, 11, 1);
  expect(starts(joined(), december - 1)).toEqual(['2026-11-01']);
  expect(starts(joined(), december)).toEqual(['2026-11-01']);
  expect(starts(joined('year'), december)).toEqual(['2026-11-01']);
  expect(starts(joined(), at(2027, 0, 1) - 1)).toEqual(['2026-11-01']);
  expect(starts(joined(), at(2027, 0, 1))).toEqual(['2026-11-01', '2026-12-01']);
});

test('the first period of a customer takes what is dated before it', () => {
  const [first, second] = comparedPeriods(joined(), at(2027, 0, 2));
  expect(first?.usageFromMs).toBe(NOVEMBER_MS - 36 * DAY_MS);
  expect(second?.usageFromMs).toBe(second?.startMs);
});

test('what was used before the plan began is not its usage', () => {
  const changed = joined('month', { firstPeriodStartMs: NOVEMBER_MS - 50 * DAY_MS });
  const [first] = comparedPeriods(changed, at(2027, 0, 2));
  expect(first?.usageFromMs).toBe(NOVEMBER_MS);
});

test("go by the customer's own clock", () => {
  const clock = { offsetMs: 40 * DAY_MS, goal: null, reached: 0 };
  expect(starts(joined('month', { clock }), at(2026, 11, 1))).toEqual(['2026-11-01', '2026-12-01']);
});

test('a subscription past a minute has whole minutes; one that is older has whole periods', () => {
  const anchored = joined('month', { anchorMs: NOVEMBER_MS + 23_000 });
  const bounds = { startMs: NOVEMBER_MS, endMs: at(2026, 11, 1) };
  expect(comparedPeriods(anchored, at(2026, 11, 5))).toMatchObject([bounds]);
  const adopted = joined('month', { anchorMs: at(2026, 9, 20) });
  expect(starts(adopted, at(2026, 11, 25))).toEqual(['2026-11-20']);
});

test('in a trial it is the trial, which ends at the anchor', () => {
  const endMs = at(2026, 10, 15);
  const [segment] = joined().segments;
  const segments = [{ ...segment!, endMs, trial: true as const }];
  const trialing = joined('month', { anchorMs: endMs, anchorIndex: 1, segments });
  const bounds = { startMs: NOVEMBER_MS, endMs };
  const usageFromMs = NOVEMBER_MS - 36 * DAY_MS;
  expect(comparedPeriods(trialing, at(2026, 10, 9))).toEqual([{ ...bounds, usageFromMs }]);
  expect(starts(trialing, endMs)).toEqual(['2026-11-15']);
  expect(starts(trialing, at(2026, 11, 16))).toEqual(['2026-11-15']);
});

test('nobody without a period has any', () => {
  expect(comparedPeriods(joined('month', { segments: [] }), NOVEMBER_MS)).toEqual([]);
  expect(comparedPeriods(joined('month', { plan: null }), NOVEMBER_MS)).toEqual([]);
  expect(comparedPeriods(joined('month', { status: 'canceled' }), NOVEMBER_MS)).toEqual([]);
});
