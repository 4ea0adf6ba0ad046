import fc from 'fast-check';
import type { Interval } from '../../billing/catalogue.js';
import { floorMinute, periodBounds, periodIndexAt } from '../../billing/period.js';

const at = (text: string): number => Date.parse(text);
const shown = (ms: number): string => new Date(ms).toISOString().slice(0, 19);

function starts(anchor: string, interval: Interval, count: number): string[] {
  return Array.from({ length: count }, (_, n) =>
    shown(periodBounds(at(anchor), interval, n).startMs),
  );
}

describe('periods', () => {
  it('a month begun on the 31st ends on the last day of short months, and does not drift', () => {
    expect(starts('2027-01-31T10:20:30Z', 'month', 5)).toEqual([
      '2027-01-31T10:20:30',
      '2027-02-28T10:20:30',
      '2027-03-31T10:20:30',
      '2027-04-30T10:20:30',
      '2027-05-31T10:20:30',
    ]);
    expect(starts('2028-01-30T00:00:00Z', 'month', 3)[1]).toBe('2028-02-29T00:00:00');
  });

  it('a year begun on Feb 29 comes back to it in leap years', () => {
    expect(starts('2028-02-29T23:59:59Z', 'year', 5)).toEqual([
      '2028-02-29T23:59:59',
      '2029-02-28T23:59:59',
      '2030-02-28T23:59:59',
      '2031-02-28T23:59:59',
      '2032-02-29T23:59:59',
    ]);
  });

  it('weeks and days have one length, across the clock changes of local time', () => {
    expect(starts('2026-03-28T05:00:00Z', 'day', 3)[2]).toBe('2026-03-30T05:00:00');
    expect(starts('2026-03-28T05:00:00Z', 'week', 2)[1]).toBe('2026-04-04T05:00:00');
  });

  it('knows the period of an instant: the start is in it, the end is in the next', () => {
    const anchor = at('2027-01-31T00:00:00Z');
    expect(periodIndexAt(anchor, 'month', at('2027-02-27T23:59:59.999Z'))).toBe(0);
    expect(periodIndexAt(anchor, 'month', at('2027-02-28T00:00:00Z'))).toBe(1);
    expect(periodIndexAt(anchor, 'month', anchor - 1)).toBe(-1);
    expect(periodIndexAt(anchor, 'year', at('2127-01-31T00:00:00Z'))).toBe(100);
  });

  const anchors = fc.integer({
    min: at('1999-12-01T00:00:00Z') / 1000,
    max: at('2105-01-01T00:00:00Z') / 1000,
  });
  const indexes = fc.integer({ min: -40, max: 400 });
  const intervals = fc.constantFrom<Interval>('day', 'week', 'month', 'year');

  it('tile time without a gap or an overlap, whatever the anchor', () => {
    fc.assert(
      fc.property(anchors, intervals, indexes, (seconds, interval, n) => {
        const period = periodBounds(seconds * 1000, interval, n);
        const next = periodBounds(seconds * 1000, interval, n + 1);
        expect(period.endMs).toBe(next.startMs);
        expect(period.startMs).toBeLessThan(period.endMs);
        expect((period.startMs - seconds * 1000) % 86_400_000 === 0).toBe(true);
      }),
    );
  });

  it('every instant lies in the one period that its index names', () => {
    const offsets = fc.integer({ min: -4_000_000_000, max: 40_000_000_000 });
    fc.assert(
      fc.property(anchors, intervals, offsets, (seconds, interval, offsetSeconds) => {
        const atMs = (seconds + offsetSeconds) * 1000;
        const index = periodIndexAt(seconds * 1000, interval, atMs);
        const { startMs, endMs } = periodBounds(seconds * 1000, interval, index);
        expect(startMs).toBeLessThanOrEqual(atMs);
        expect(endMs).toBeGreaterThan(atMs);
      }),
    );
  });

  it('floors to whole minutes, before 1970 too', () => {
    expect(floorMinute(119_999)).toBe(60_000);
    expect(floorMinute(120_000)).toBe(120_000);
    expect(floorMinute(-1)).toBe(-60_000);
  });
});
