import type { Limit, Plan } from '../../../billing/catalogue.js';
import { reachedAt } from '../../../billing/forecast/reachedAt.js';
import { DAY_MS, MINUTE_MS } from '../../../billing/period.js';
import { afterUse, customer, daily, NOVEMBER_MS, standing } from './world.js';

const HOUR_MS = 60 * MINUTE_MS;
/** Ten full days of 144 tokens: one in ten minutes. */
const NOW_MS = NOVEMBER_MS + 10 * DAY_MS;
const DAYS = daily(Array.from({ length: 10 }, () => 144));

function limited(change: Partial<Limit>, plan: Partial<Plan> = {}) {
  const limit: Limit = {
    id: 'limit',
    meters: ['tokens'],
    max: 2000,
    window: 'period',
    scope: 'customer',
    ...change,
  };
  return afterUse(customer({ limits: [limit], ...plan }), DAYS);
}

describe('when a limit in units is reached', () => {
  it('is when the recent days\' pace has used it up, to the minute', () => {
    // 560 left, one in ten minutes.
    const at = NOW_MS + 5600 * MINUTE_MS;
    expect(reachedAt(limited({}), standing({}), NOW_MS)).toBe(at - 5 * MINUTE_MS);
    // Half a unit rounds up: what is counted then is 2,000.
    expect(reachedAt(limited({}), standing({ used: 1999 }), NOW_MS)).toBe(NOW_MS + 5 * MINUTE_MS);
  });

  it.each(['week', 'month', 'lifetime'] as const)('takes recent days for a %s too', (window) => {
    const at = reachedAt(limited({ window }), standing({}), NOW_MS);
    expect(at).toBe(NOW_MS + 5595 * MINUTE_MS);
  });

  it('is now when it is used up, whatever is known of it', () => {
    const state = limited({});
    expect(reachedAt(state, standing({ used: 2000 }), NOW_MS)).toBe(NOW_MS);
    expect(reachedAt(state, standing({ id: 'gone', used: 2001 }), NOW_MS + 1)).toBe(NOW_MS + 1);
    const empty = { ...state, segments: [] };
    expect(reachedAt(empty, standing({ used: '2000.5' }), NOW_MS)).toBe(NOW_MS);
  });

  it('is never in a window that ends before', () => {
    const endingAfter = (minutes: number) =>
      reachedAt(limited({}), standing({ resetsAtMs: NOW_MS + minutes * MINUTE_MS }), NOW_MS);
    expect(endingAfter(5595)).toBeNull();
    expect(endingAfter(5596)).toBe(NOW_MS + 5595 * MINUTE_MS);
    expect(endingAfter(0)).toBeNull();
    const fast = afterUse(limited({}), daily(Array.from({ length: 10 }, () => 1296)));
    const soon = standing({ used: 1999, resetsAtMs: NOW_MS + 2 * MINUTE_MS });
    expect(reachedAt(fast, soon, NOW_MS)).toBe(NOW_MS + MINUTE_MS);
    const resetsAtMs = NOW_MS + 5595 * MINUTE_MS + 1;
    expect(reachedAt(limited({}), standing({ resetsAtMs }), NOW_MS)).toBe(resetsAtMs - 1);
  });

  it('is far away where the limit never starts again', () => {
    const life = (max: number) => standing({ max, resetsAtMs: null });
    const at = reachedAt(limited({ window: 'lifetime' }), life(100_000_000), NOW_MS);
    expect(at).toBe(NOW_MS + (99_998_560 * 10 - 5) * MINUTE_MS);
    // Beyond the year 9999 nobody can write when.
    expect(reachedAt(limited({ window: 'lifetime' }), life(500_000_000), NOW_MS)).toBeNull();
  });

  it('is never at a standstill, for unknown limits and without a period', () => {
    const idle = customer({ limits: limited({}).snapshots['plan@1']?.plan.limits ?? [] });
    expect(reachedAt(idle, standing({ resetsAtMs: null }), NOW_MS)).toBeNull();
    expect(reachedAt(limited({}), standing({ id: 'gone' }), NOW_MS)).toBeNull();
    expect(reachedAt(limited({}, { limits: [] }), standing({}), NOW_MS)).toBeNull();
    expect(reachedAt({ ...limited({}), segments: [] }, standing({}), NOW_MS)).toBeNull();
    const { limits: _limits, ...none } = limited({}).snapshots['plan@1']?.plan ?? { limits: [] };
    expect(reachedAt(afterUse(customer(none), DAYS), standing({}), NOW_MS)).toBeNull();
  });

  it('adds up the paces of the limit\'s meters', () => {
    const state = afterUse(limited({ meters: ['tokens', 'calls'] }), [
      ...daily(Array.from({ length: 10 }, () => 0), { meter: 'calls', count: 144 }),
    ]);
    // Two units in ten minutes; each half rounds up.
    const at = reachedAt(state, standing({ used: 1998 }), NOW_MS);
    expect(at).toBe(NOW_MS + 5 * MINUTE_MS);
    expect(reachedAt(state, standing({}), NOW_MS)).toBe(NOW_MS + 2795 * MINUTE_MS);
  });

  it('is never on a meter that stands still', () => {
    const used = standing({ used: 1999 });
    expect(reachedAt(limited({ meters: ['tokens', 'peak'] }), used, NOW_MS)).toBeNull();
    expect(reachedAt(limited({ meters: ['level'], scope: 'user' }), used, NOW_MS)).toBeNull();
  });

  it('counts credits as people see them, and included ones once the account is empty', () => {
    // 72 credits a day: one in twenty minutes, to the micro-credit.
    const price = { type: 'perUnit' as const, unitAmountMinor: '1', included: 10 };
    const state = limited({ meters: ['credits'] }, { prices: { credits: price } });
    const at = reachedAt(state, standing({ max: 800, used: '719.5' }), NOW_MS);
    expect(at).toBe(NOW_MS + 1610 * MINUTE_MS);
    const lot = { id: 'credit/1', kind: 'purchase' as const, amount: 0, left: 1_500_000 };
    const lots = [{ ...lot, timestampMs: NOVEMBER_MS, expiresAtMs: null }];
    const rich = { ...state, credits: { ...state.credits, lots } };
    const included = standing({ id: 'included/credits', max: 10, used: '9.5' });
    expect(reachedAt(state, included, NOW_MS)).toBe(NOW_MS + 10 * MINUTE_MS);
    expect(reachedAt(rich, included, NOW_MS)).toBe(NOW_MS + 40 * MINUTE_MS);
    expect(reachedAt(rich, standing({ max: 800, used: '719.5' }), NOW_MS)).toBe(at);
  });

  it('of `included` follows the recent days of its meter', () => {
    const price = { type: 'perUnit' as const, unitAmountMinor: '1', included: 2000 };
    const state = afterUse(customer({ prices: { tokens: price } }), DAYS);
    const at = reachedAt(state, standing({ id: 'included/tokens' }), NOW_MS);
    expect(at).toBe(NOW_MS + 5595 * MINUTE_MS);
    expect(reachedAt(state, standing({ id: 'included/calls' }), NOW_MS)).toBeNull();
    const lot = { id: 'credit/1', kind: 'purchase' as const, amount: 0, left: 100_000_000 };
    const lots = [{ ...lot, timestampMs: NOVEMBER_MS, expiresAtMs: null }];
    const rich = { ...state, credits: { ...state.credits, lots } };
    expect(reachedAt(rich, standing({ id: 'included/tokens' }), NOW_MS)).toBe(at);
  });
});

describe('when a limit of one key or of a short window is reached', () => {
  const noon = NOW_MS + 12 * HOUR_MS;
  const tomorrow = NOW_MS + DAY_MS;

  it('is what its window has used so far, going on', () => {
    const user = { scope: 'user' as const };
    // 60 of 100 in half a day: the rest in eight hours.
    const state = limited({ window: 'day', ...user });
    const day = standing({ max: 100, used: 60, key: 'u', resetsAtMs: tomorrow, ...user });
    expect(reachedAt(state, day, noon)).toBe(noon + 8 * HOUR_MS);
    expect(reachedAt(state, { ...day, used: 50 }, noon)).toBeNull();
    expect(reachedAt(state, { ...day, used: 51 }, noon)).toBe(noon + 692 * MINUTE_MS);
    expect(reachedAt(state, { ...day, used: 0 }, noon)).toBeNull();
  });

  it('begins with the window, wherever that begins', () => {
    const user = { scope: 'user' as const };
    const next = standing({ max: 100, used: 50, resetsAtMs: null });
    const inWindow = (window: Limit['window']) =>
      (reachedAt(limited({ window, ...user }), next, noon) ?? 0) - noon;
    expect(inWindow('period')).toBe(noon - NOVEMBER_MS);
    expect(inWindow('lifetime')).toBe(noon - NOVEMBER_MS);
    expect(inWindow('month')).toBe(noon - NOVEMBER_MS);
    // November 11, 2026 is a Wednesday.
    expect(inWindow('week')).toBe(noon - (NOW_MS - 2 * DAY_MS));
    expect(inWindow('day')).toBe(12 * HOUR_MS);
    expect(inWindow('minute')).toBe(MINUTE_MS);
  });

  it('begins a period with the open one, whenever the first began', () => {
    const state = limited({ window: 'period', scope: 'user' });
    const next = standing({ max: 100, used: 50, resetsAtMs: null });
    const firstPeriodStartMs = NOVEMBER_MS - 30 * DAY_MS;
    const at = reachedAt({ ...state, firstPeriodStartMs }, next, NOW_MS);
    expect(at).toBe(NOW_MS + 10 * DAY_MS);
  });

  it('begins a lifetime with the first period, whenever the open one began', () => {
    const state = limited({ window: 'lifetime', scope: 'user' });
    const next = standing({ max: 100, used: 50, resetsAtMs: null });
    const firstPeriodStartMs = NOVEMBER_MS - 30 * DAY_MS;
    const at = reachedAt({ ...state, firstPeriodStartMs }, next, NOW_MS);
    expect(at).toBe(NOW_MS + 40 * DAY_MS);
    const unknown = reachedAt({ ...state, firstPeriodStartMs: null }, next, NOW_MS);
    expect(unknown).toBe(NOW_MS + 10 * DAY_MS);
  });

  it('takes the customer\'s day, and the whole customer\'s days by their own pace too', () => {
    const zone = { name: 'Asia/Tokyo', offsets: [[0, 540]] as const };
    const state = { ...limited({ window: 'day' }), zone };
    const resetsAtMs = NOW_MS + 15 * HOUR_MS;
    // At noon UTC it is 21:00 in Tokyo.
    const day = standing({ max: 110, used: 100, resetsAtMs });
    expect(reachedAt(state, day, noon)).toBe(noon + 126 * MINUTE_MS);
  });

  it('of money is what it cost so far, going on, to the last decimal', () => {
    const state = limited({ maxAmountMinor: 100, window: 'day' });
    const { limits: [limit] = [] } = state.snapshots['plan@1']?.plan ?? {};
    const { max: _max, ...money } = limit as Limit;
    const day = standing({ max: 100, used: '62.5', amounts: true, resetsAtMs: tomorrow });
    expect(reachedAt(limited(money), day, noon)).toBe(noon + 432 * MINUTE_MS);
    const moneyPeriod = afterUse(customer({ limits: [{ ...money, window: 'period' }] }), DAYS);
    const period = standing({ max: 100, used: '62.5', amounts: true });
    expect(reachedAt(moneyPeriod, period, NOW_MS)).toBe(NOW_MS + 6 * DAY_MS);
  });

  it('is never at a steady pace where the limit slides', () => {
    const sliding = limited({ window: 'hour', sliding: true });
    expect(reachedAt(sliding, standing({ resetsAtMs: null }), NOW_MS)).toBeNull();
    expect(reachedAt(sliding, standing({ used: 2000 }), NOW_MS)).toBe(NOW_MS);
  });
});
