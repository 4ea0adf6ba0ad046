import type { Plan } from '../../../billing/catalogue.js';
import { breakerTrip } from '../../../billing/forecast/breaker.js';
import { DAY_MS, MINUTE_MS } from '../../../billing/period.js';
import { rate } from '../../../billing/rating/rate.js';
import type { CustomerState } from '../../../billing/state.js';
import {
  afterUse,
  customer,
  daily,
  NOVEMBER_MS,
  row,
  snapshotOf,
  TOKENS_ALONE,
} from './world.js';

const HOUR_MS = 60 * MINUTE_MS;
/** Noon of November 11: ten full days before today. */
const NOW_MS = NOVEMBER_MS + 10 * DAY_MS + 12 * HOUR_MS;
const DAY = Math.floor(NOW_MS / DAY_MS);
const METERED: Partial<Plan> = { prices: { tokens: { type: 'perUnit', unitAmountMinor: '1' } } };

/** Ten days of these units in turn, then so many in the last minute. */
function tripAfter(units: readonly number[], last: number, plan: Partial<Plan> = METERED) {
  const used = afterUse(customer(plan), [...daily(units), row(NOW_MS, last)]);
  return breakerTrip(used, NOW_MS);
}

function including(included: number): Partial<Plan> {
  return { prices: { tokens: { type: 'perUnit', unitAmountMinor: '1', included } } };
}

describe('the breaker', () => {
  it('trips above ten typical days in 60 minutes, not at them', () => {
    expect(tripAfter([100, 100, 100], 1000)).toBeNull();
    expect(tripAfter([100, 100, 100], 1001)).toEqual({
      meter: 'tokens',
      units: 1001,
      typical: '100',
      reason: 'Tokens: 1,001 in the last 60 minutes, more than 10 typical days of 100.',
    });
  });

  it('takes the median of days with usage for typical, whatever days of rest there are', () => {
    expect(tripAfter([100, 0, 100, -5, 9000, 0, 0], 1000)).toBeNull();
    expect(tripAfter([100, 0, 100, -5, 9000, 0, 0], 1001)?.typical).toBe('100');
    expect(tripAfter([1, 2, 3, 4], 25)).toBeNull();
    expect(tripAfter([1, 2, 3, 4], 26)?.typical).toBe('2.5');
  });

  it('wants at least three days with usage, else `included` / 30 alone', () => {
    expect(tripAfter([100, 100], 1_000_000)).toBeNull();
    expect(tripAfter([9000, 9000], 1000, including(3000))).toBeNull();
    expect(tripAfter([9000, 9000], 1001, including(3000))?.typical).toBe('100');
  });

  it('takes the larger of `included` / 30 and the median', () => {
    expect(tripAfter([100, 100, 100], 2000, including(6000))).toBeNull();
    expect(tripAfter([100, 100, 100], 2001, including(6000))?.typical).toBe('200');
    expect(tripAfter([300, 300, 300], 3000, including(6000))).toBeNull();
    expect(tripAfter([300, 300, 300], 3001, including(6000))?.typical).toBe('300');
  });

  it('compares with a thirtieth exactly', () => {
    // 10 x 1,000 / 30 is 333.33…
    expect(tripAfter([], 333, including(1000))).toBeNull();
    expect(tripAfter([], 334, including(1000))).toMatchObject({
      typical: '33.333333',
      reason: 'Tokens: 334 in the last 60 minutes, more than 10 typical days of 33.33.',
    });
  });

  it('is none with neither a typical day nor included units', () => {
    expect(tripAfter([], 1_000_000)).toBeNull();
    expect(tripAfter([], 1_000_000, including(0))).toBeNull();
  });

  it('leaves today out of the days it looks at, and those before the last thirty', () => {
    const today = NOVEMBER_MS + 40 * DAY_MS;
    const at = (day: number) => row(today - day * DAY_MS, 100);
    const trips = (days: readonly number[]) => {
      const used = afterUse(customer(METERED), [...days.map(at), row(today + HOUR_MS, 1001)]);
      return breakerTrip(used, today + HOUR_MS) !== null;
    };
    expect(trips([30, 29, 1])).toBe(true);
    expect(trips([31, 29, 1])).toBe(false);
    expect(trips([29, 1])).toBe(false);
  });

  it('counts sixty UTC minutes, the running one among them', () => {
    const tripsAt = (agoMinutes: number) => {
      const rows = [...daily([100, 100, 100]), row(NOW_MS - agoMinutes * MINUTE_MS, 1001)];
      return breakerTrip(afterUse(customer(METERED), rows), NOW_MS) !== null;
    };
    expect(tripsAt(59)).toBe(true);
    expect(tripsAt(60)).toBe(false);
    expect(tripsAt(-1)).toBe(false);
  });

  it('adds up the hour, voids taken off', () => {
    const minutes = [600, 600, -200].map((units, ago) => row(NOW_MS - ago * MINUTE_MS, units));
    const rows = [...daily([100, 100, 100]), ...minutes];
    expect(breakerTrip(afterUse(customer(METERED), rows), NOW_MS)).toBeNull();
    const more = afterUse(customer(METERED), [...rows, row(NOW_MS, 1)]);
    expect(breakerTrip(more, NOW_MS)?.units).toBe(1001);
  });

  it('counts from the last lift: the first whole minute after it', () => {
    const used = afterUse(customer(METERED), [...daily([100, 100, 100]), row(NOW_MS, 1001)]);
    const liftedAt = (liftedAtMs: number): CustomerState => {
      return { ...used, controls: { ...used.controls, liftedAtMs } };
    };
    expect(breakerTrip(liftedAt(NOW_MS), NOW_MS)).not.toBeNull();
    expect(breakerTrip(liftedAt(NOW_MS + 1), NOW_MS + 1)).toBeNull();
  });

  it('is off for `breaker: false`, for the frozen, and without a plan', () => {
    expect(tripAfter([100, 100, 100], 1001, { ...METERED, breaker: true })).not.toBeNull();
    expect(tripAfter([100, 100, 100], 1001, { ...METERED, breaker: false })).toBeNull();
    const used = afterUse(customer(METERED), [...daily([1, 1, 1]), row(NOW_MS, 1001)]);
    const frozen = { reason: 'operator', sinceMs: NOW_MS };
    const stopped = { ...used, controls: { ...used.controls, frozen } };
    expect(breakerTrip(stopped, NOW_MS)).toBeNull();
    expect(breakerTrip({ ...used, plan: null }, NOW_MS)).toBeNull();
  });

  it('guards limited meters where nothing is priced, else priced ones alone', () => {
    const limits: Plan['limits'] = [
      { id: 'day', meters: ['tokens'], max: 1, window: 'day', scope: 'user' },
    ];
    expect(tripAfter([100, 100, 100], 1001, { limits })?.meter).toBe('tokens');
    expect(tripAfter([100, 100, 100], 1001, { limits, prices: {} })?.meter).toBe('tokens');
    const prices: Plan['prices'] = { calls: { type: 'perUnit', unitAmountMinor: '1' } };
    expect(tripAfter([100, 100, 100], 1001, { limits, prices })).toBeNull();
  });

  it('speaks of credits, included ones too, and judges micro-credits', () => {
    const prices: Plan['prices'] = {
      credits: { type: 'perUnit', unitAmountMinor: '1', included: 3000 },
    };
    expect(tripAfter([], 2000, { prices })).toBeNull();
    expect(tripAfter([], 2001, { prices })).toEqual({
      meter: 'credits',
      units: 1_000_500_000,
      typical: '100000000',
      reason: 'Credits: 1,000.5 in the last 60 minutes, more than 10 typical days of 100.',
    });
  });

  it('looks at every guarded meter', () => {
    const prices: Plan['prices'] = {
      calls: { type: 'perUnit', unitAmountMinor: '1' },
      tokens: { type: 'perUnit', unitAmountMinor: '1' },
    };
    expect(tripAfter([100, 100, 100], 1001, { prices })?.meter).toBe('tokens');
  });

  it('is exact where units leave the range of doubles times ten', () => {
    // 2^53 - 2 is ten times this.
    const typical = 900_719_925_474_099;
    const trips = (last: number) => {
      const rows = [row(NOW_MS, last)];
      const days = { tokens: [1, 2, 3].map((ago) => [DAY - ago, typical] as const).reverse() };
      const used = afterUse(customer(METERED, TOKENS_ALONE), rows);
      const pace = { ...used.pace, days };
      return breakerTrip({ ...used, pace }, NOW_MS) !== null;
    };
    expect(trips(typical * 10)).toBe(false);
    expect(trips(typical * 10 + 1)).toBe(true);
  });
});

describe('a $14,000 weekend', () => {
  const unitAmountMinor = '0.0376344';
  const price = { type: 'perUnit' as const, unitAmountMinor };
  const plan: Partial<Plan> = { prices: { tokens: price } };
  /** Two weeks of eight working hours with 100 tokens a minute; a loop uses 100 x that. */
  const WORKING_DAY = 8 * 60 * 100;
  const LOOP = 100 * 100;
  const FRIDAY_MS = Date.UTC(2026, 10, 13, 18);
  const MONDAY_MS = Date.UTC(2026, 10, 16, 8);

  const costOf = (tokens: number) => rate(snapshotOf(plan), { tokens }).subtotalMinor;

  it('costs $14,000 when nobody looks until Monday', () => {
    const minutes = (MONDAY_MS - FRIDAY_MS) / MINUTE_MS;
    expect(costOf(minutes * LOOP)).toBe(1_400_000);
  });

  it('ends within the hour, after at most ten typical days and a minute', () => {
    let state = afterUse(customer(plan), daily(Array.from({ length: 12 }, () => WORKING_DAY)));
    let minute = 0;
    while (minute < 60 && breakerTrip(state, FRIDAY_MS + minute * MINUTE_MS) === null) {
      minute += 1;
      state = afterUse(state, [row(FRIDAY_MS + minute * MINUTE_MS - 1, LOOP)]);
    }
    expect(minute).toBe(49);
    const lost = minute * LOOP;
    expect(lost).toBeLessThanOrEqual(10 * WORKING_DAY + LOOP);
    expect(costOf(lost)).toBe(18_441);
  });
});
