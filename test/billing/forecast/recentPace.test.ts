import fc from 'fast-check';
import type { PaceRow } from '../../../billing/forecast/pace.js';
import { growth, recentPace } from '../../../billing/forecast/recentPace.js';
import { DAY_MS, MINUTE_MS } from '../../../billing/period.js';
import { NOVEMBER_MS } from './world.js';

const DAY = NOVEMBER_MS / DAY_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Units of November 1, 2, 3 … */
function days(...units: readonly number[]): PaceRow {
  return units.map((each, index) => [DAY + index, each] as const);
}

/** Days after the start of November. */
function after(count: number, hours = 0): number {
  return NOVEMBER_MS + count * DAY_MS + hours * HOUR_MS;
}

describe('the recent pace', () => {
  it('is what the last seven days and today so far brought, over their time', () => {
    const pace = recentPace(days(1000, 1, 2, 3, 4, 5, 6, 7, 8), NOVEMBER_MS, after(8, 6));
    expect(pace.expected).toEqual({ units: 36, minutes: 7 * 1440 + 360 });
  });

  it('begins with the first day of usage, not before', () => {
    const used: PaceRow = [[DAY + 2, 30], [DAY + 4, 10]];
    expect(recentPace(used, NOVEMBER_MS, after(5)).expected).toEqual({ units: 40, minutes: 4320 });
  });

  it('begins with the first period where that began within a day', () => {
    const pace = recentPace(days(12, 24), after(0, 12), after(1, 12));
    expect(pace.expected).toEqual({ units: 36, minutes: 1440 });
  });

  it('leaves out days before the first period: they can only hold older events', () => {
    const pace = recentPace(days(500, 10), after(1), after(2));
    expect(pace.expected).toEqual({ units: 10, minutes: 1440 });
  });

  it('takes a time below an hour for an hour', () => {
    expect(recentPace(days(5), NOVEMBER_MS, after(0, 0) + 1).expected.minutes).toBe(60);
    expect(recentPace(days(5), NOVEMBER_MS, after(0, 1)).expected.minutes).toBe(60);
    const next = after(0, 1) + MINUTE_MS;
    expect(recentPace(days(5), NOVEMBER_MS, next).expected.minutes).toBe(61);
    expect(recentPace(days(5), NOVEMBER_MS, next - 1).expected.minutes).toBe(60);
  });

  it('is none without usage, and takes no units of tomorrow', () => {
    expect(recentPace([], NOVEMBER_MS, after(3)).expected).toEqual({ units: 0, minutes: 60 });
    const ahead: PaceRow = [[DAY, 4], [DAY + 1, 9]];
    expect(recentPace(ahead, NOVEMBER_MS, after(1) - 1).expected.units).toBe(4);
  });

  it('takes a day of which only voids are kept for a day without usage', () => {
    expect(recentPace(days(-5, 7), NOVEMBER_MS, after(2)).expected.units).toBe(7);
  });

  it('spreads from the slower to the faster half of the full days', () => {
    const even = recentPace(days(40, 10, 30, 20, 999), NOVEMBER_MS, after(4, 1));
    expect(even.slow).toEqual({ units: 30, minutes: 2880 });
    expect(even.fast).toEqual({ units: 70, minutes: 2880 });
    const odd = recentPace(days(10, 30, 20), NOVEMBER_MS, after(3));
    expect(odd.slow).toEqual({ units: 30, minutes: 2880 });
    expect(odd.fast).toEqual({ units: 50, minutes: 2880 });
  });

  it('leaves a first day in part out of the spread', () => {
    const pace = recentPace(days(1, 10, 20, 30), after(0, 1), after(4));
    expect(pace.slow).toEqual({ units: 30, minutes: 2880 });
    expect(pace.fast).toEqual({ units: 50, minutes: 2880 });
  });

  it('spreads from half to twice the pace with fewer than three full days', () => {
    const pace = recentPace(days(1, 5, 6), after(0, 1), after(3));
    expect(pace.expected).toEqual({ units: 12, minutes: 4260 });
    expect(pace.slow).toEqual({ units: 12, minutes: 8520 });
    expect(pace.fast).toEqual({ units: 24, minutes: 4260 });
  });

  it('never leaves the exact range', () => {
    const most = Number.MAX_SAFE_INTEGER;
    const pace = recentPace(days(most, most, most), NOVEMBER_MS, after(2, 1));
    expect(pace.expected.units).toBe(most);
    expect(pace.fast.units).toBe(most);
    expect(growth(pace.fast, 1_000_000)).toBe(most);
  });
});

describe('growth', () => {
  it('is units x minutes over the minutes of the rate, half up', () => {
    expect(growth({ units: 100, minutes: 60 }, 90)).toBe(150);
    expect(growth({ units: 1, minutes: 60 }, 30)).toBe(1);
    expect(growth({ units: 1, minutes: 60 }, 29)).toBe(0);
    expect(growth({ units: 7, minutes: 1440 }, 0)).toBe(0);
  });

  it('never falls with time', () => {
    const time = fc.integer({ min: 1, max: 20_000 });
    const rate = fc.record({ units: fc.maxSafeNat(), minutes: time });
    const minutes = fc.nat({ max: 600_000 });
    fc.assert(
      fc.property(rate, minutes, minutes, (each, a, b) => {
        const [less, more] = a < b ? [a, b] : [b, a];
        expect(growth(each, less)).toBeLessThanOrEqual(growth(each, more));
      }),
    );
  });
});
