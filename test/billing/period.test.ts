import fc from 'fast-check';
import type { Interval } from '../../billing/catalogue.js';
import { DAY_MS, floorMinute, periodBounds, periodIndexAt } from '../../billing/period.js';

const at = (text: string): number => Date.parse(text);
const shown = (ms: number): string => new Date(ms).toISOString().slice(0, 19);

/** Begins of the first periods; periods as the product counts them, unless others are given. */
function starts(
  anchor: string,
  interval: Interval,
  count: number,
  bounds = periodBounds,
): string[] {
  return Array.from({ length: count }, (_, n) => shown(bounds(at(anchor), interval, n).startMs));
}

const check = { numRuns: 400, seed: jest.getSeed() };
const anchorSeconds = fc.integer({
  min: at('1999-12-01T00:00:00Z') / 1000,
  max: at('2105-01-01T00:00:00Z') / 1000,
});
const indexes = fc.integer({ min: -40, max: 400 });
const intervals = fc.constantFrom<Interval>('day', 'week', 'month', 'year');

describe('periods begin', () => {
  it.each([
    ['2027-01-31T10:20:30', ['2027-02-28', '2027-03-31', '2027-04-30', '2027-05-31']],
    ['2027-12-31T10:20:30', ['2028-01-31', '2028-02-29', '2028-03-31', '2028-04-30']],
    ['2028-01-30T10:20:30', ['2028-02-29', '2028-03-30', '2028-04-30', '2028-05-30']],
    ['2027-01-29T10:20:30', ['2027-02-28', '2027-03-29', '2027-04-29', '2027-05-29']],
    ['2027-02-28T10:20:30', ['2027-03-28', '2027-04-28', '2027-05-28', '2027-06-28']],
  ])('monthly from %s on that day, or the last one of a shorter month', (anchor, dates) => {
    const later = dates.map((date) => `${date}T10:20:30`);
    expect(starts(`${anchor}Z`, 'month', 5)).toEqual([anchor, ...later]);
  });

  it('yearly from Feb 29 on Feb 28, and in leap years on Feb 29 again', () => {
    expect(starts('2028-02-29T23:59:59Z', 'year', 5)).toEqual([
      '2028-02-29T23:59:59',
      '2029-02-28T23:59:59',
      '2030-02-28T23:59:59',
      '2031-02-28T23:59:59',
      '2032-02-29T23:59:59',
    ]);
    expect(starts('2096-02-29T00:00:00Z', 'year', 9).slice(4)).toEqual([
      '2100-02-28T00:00:00',
      '2101-02-28T00:00:00',
      '2102-02-28T00:00:00',
      '2103-02-28T00:00:00',
      '2104-02-29T00:00:00',
    ]);
  });

  it('weekly on the same day of the week, daily at the same time, by UTC the year round', () => {
    expect(starts('2026-03-28T05:00:00Z', 'week', 3)).toEqual([
      '2026-03-28T05:00:00',
      '2026-04-04T05:00:00',
      '2026-04-11T05:00:00',
    ]);
    expect(starts('2028-02-28T05:06:07Z', 'day', 3)).toEqual([
      '2028-02-28T05:06:07',
      '2028-02-29T05:06:07',
      '2028-03-01T05:06:07',
    ]);
  });

  it('before the anchor too, by the same rule', () => {
    expect(shown(periodBounds(at('2027-03-31T01:00Z'), 'month', -1).startMs)).toBe(
      '2027-02-28T01:00:00',
    );
    expect(shown(periodBounds(at('1970-01-31T01:00Z'), 'month', -2).startMs)).toBe(
      '1969-11-30T01:00:00',
    );
  });
});

/** Planted: each period begins a month after the one before, not after the anchor. */
function drifting(anchorMs: number, interval: Interval, n: number): { startMs: number } {
  let startMs = anchorMs;
  for (let step = 0; step < n; step += 1) startMs = periodBounds(startMs, interval, 1).startMs;
  return { startMs };
}

/** Months from Jan 31 that do not begin on their last day. */
function driftedMonths(bounds: (...of: Parameters<typeof periodBounds>) => { startMs: number }) {
  const anchorMs = at('2027-01-31T10:20:30Z');
  return Array.from({ length: 48 }, (_, n) => bounds(anchorMs, 'month', n).startMs)
    .map((startMs) => new Date(startMs))
    .filter((start) => new Date(start.getTime() + DAY_MS).getUTCDate() !== 1);
}

test('a month-end anchor does not drift after Feb 28; one that does is caught', () => {
  expect(driftedMonths(periodBounds)).toEqual([]);
  expect(driftedMonths(drifting).map((start) => shown(start.getTime()))[0]).toBe(
    '2027-03-28T10:20:30',
  );
});

describe('periods tile', () => {
  it('time without a gap or an overlap, whatever the anchor', () => {
    fc.assert(
      fc.property(anchorSeconds, intervals, indexes, (seconds, interval, n) => {
        const period = periodBounds(seconds * 1000, interval, n);
        const next = periodBounds(seconds * 1000, interval, n + 1);
        expect(period.endMs).toBe(next.startMs);
        expect(period.startMs).toBeLessThan(period.endMs);
        expect((period.startMs - seconds * 1000) % DAY_MS === 0).toBe(true);
      }),
      check,
    );
  });

  it('so that every instant lies in the one that its index names', () => {
    const offsets = fc.integer({ min: -4_000_000_000, max: 40_000_000_000 });
    fc.assert(
      fc.property(anchorSeconds, intervals, offsets, (seconds, interval, offsetSeconds) => {
        const atMs = (seconds + offsetSeconds) * 1000;
        const index = periodIndexAt(seconds * 1000, interval, atMs);
        const { startMs, endMs } = periodBounds(seconds * 1000, interval, index);
        expect(startMs).toBeLessThanOrEqual(atMs);
        expect(endMs).toBeGreaterThan(atMs);
      }),
      check,
    );
  });

  it('half-open: the start is in it, the end is in the next', () => {
    fc.assert(
      fc.property(anchorSeconds, intervals, indexes, (seconds, interval, n) => {
        const { startMs, endMs } = periodBounds(seconds * 1000, interval, n);
        const found = [startMs - 1, startMs, endMs - 1, endMs].map((ms) =>
          periodIndexAt(seconds * 1000, interval, ms),
        );
        expect(found).toEqual([n - 1, n, n, n + 1]);
      }),
      check,
    );
    const anchor = at('2027-01-31T00:00:00Z');
    expect(periodIndexAt(anchor, 'month', at('2027-02-27T23:59:59.999Z'))).toBe(0);
    expect(periodIndexAt(anchor, 'month', at('2027-02-28T00:00:00Z'))).toBe(1);
    expect(periodIndexAt(anchor, 'year', at('2127-01-31T00:00:00Z'))).toBe(100);
  });
});

describe('moving time by whole periods moves periods and changes nothing else', () => {
  it('where each begins on the day of the anchor', () => {
    fc.assert(
      fc.property(anchorSeconds, intervals, indexes, indexes, (seconds, interval, by, n) => {
        const day = new Date(seconds * 1000).getUTCDate();
        const anchorMs = (day > 28 ? seconds * 1000 - 3 * DAY_MS : seconds * 1000);
        const movedMs = periodBounds(anchorMs, interval, by).startMs;
        expect(periodBounds(movedMs, interval, n)).toEqual(
          periodBounds(anchorMs, interval, n + by),
        );
      }),
      check,
    );
  });

  it('and by the 400 years after which the calendar repeats, month ends included', () => {
    const cycleMs = 146_097 * DAY_MS;
    fc.assert(
      fc.property(anchorSeconds, intervals, indexes, (seconds, interval, n) => {
        const { startMs, endMs } = periodBounds(seconds * 1000, interval, n);
        expect(periodBounds(seconds * 1000 + cycleMs, interval, n)).toEqual({
          startMs: startMs + cycleMs,
          endMs: endMs + cycleMs,
        });
      }),
      check,
    );
  });

  it('a month-end period keeps its anchor: its last days are those of each month', () => {
    const monthEnd = fc.integer({ min: 0, max: 1200 }).map((n) => Date.UTC(2000, n + 1, 0));
    fc.assert(
      fc.property(monthEnd, indexes, (anchorMs, n) => {
        const { startMs } = periodBounds(anchorMs, 'month', n);
        const start = new Date(startMs);
        const last = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 0));
        const day = Math.min(new Date(anchorMs).getUTCDate(), last.getUTCDate());
        expect(start.getUTCDate()).toBe(day);
      }),
      check,
    );
  });
});

test('minutes are floored before 1970 too', () => {
  expect(floorMinute(119_999)).toBe(60_000);
  expect(floorMinute(120_000)).toBe(120_000);
  expect(floorMinute(-1)).toBe(-60_000);
});
