import fc from 'fast-check';
import { DAY_MS, MINUTE_MS } from '../../../billing/period.js';
import { type CalendarWindow, windowBounds } from '../../../billing/windows/calendar.js';
import { UTC, type Zone } from '../../../billing/windows/zone.js';
import { at, naiveLocalMs, ZONES } from './zones.js';

/** Laws of calendar windows, in real zones and in zones whose clocks change wildly. */

const QUARTER_MS = 15 * MINUTE_MS;
const EPOCH_MS = at('2026-06-01T00:00Z');

const quarters = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });

/** Up to 8 changes from 15 minutes to some days apart, by anything up to 14 hours. */
const wildZone: fc.Arbitrary<Zone> = fc
  .array(fc.tuple(fc.oneof(quarters(1, 12), quarters(1, 400)), quarters(-56, 56)), {
    minLength: 1,
    maxLength: 8,
  })
  .map((changes) => {
    let atMs = EPOCH_MS;
    const offsets = changes.map(([wait, offset]) => {
      atMs += wait * QUARTER_MS;
      return [atMs, offset * 15] as const;
    });
    const isChange = (_: unknown, n: number): boolean => offsets[n]?.[1] !== offsets[n - 1]?.[1];
    return { name: 'wild', offsets: offsets.filter(isChange) };
  });

/** A zone, and an instant within some days of one of its changes. */
const place = fc
  .tuple(
    fc.oneof(wildZone, fc.constantFrom(UTC, ...ZONES)),
    fc.nat(8),
    fc.oneof(
      fc.integer({ min: -4 * DAY_MS, max: 4 * DAY_MS }),
      fc.integer({ min: -2 * QUARTER_MS, max: 2 * QUARTER_MS }),
    ),
  )
  .map(([zone, index, byMs]) => ({
    zone,
    atMs: (zone.offsets[index % zone.offsets.length]?.[0] ?? 0) + byMs,
  }));

const WINDOWS: readonly CalendarWindow[] = ['minute', 'hour', 'day', 'week', 'month'];
const anyWindow = fc.constantFrom(...WINDOWS);
const check = { numRuns: 600, seed: jest.getSeed() };

test('windows tile time: each instant lies in one, which ends where the next begins', () => {
  fc.assert(
    fc.property(place, anyWindow, ({ zone, atMs }, window) => {
      const bounds = windowBounds(window, zone, atMs);
      expect(bounds.startMs).toBeLessThanOrEqual(atMs);
      expect(bounds.endMs).toBeGreaterThan(atMs);
      expect(windowBounds(window, zone, bounds.startMs)).toEqual(bounds);
      expect(windowBounds(window, zone, bounds.endMs - 1)).toEqual(bounds);
      expect(windowBounds(window, zone, bounds.endMs).startMs).toBe(bounds.endMs);
      expect(windowBounds(window, zone, bounds.startMs - 1).endMs).toBe(bounds.startMs);
    }),
    check,
  );
});

test('every bound is a whole UTC minute: no sum row lies in two windows', () => {
  fc.assert(
    fc.property(place, anyWindow, ({ zone, atMs }, window) => {
      const { startMs, endMs } = windowBounds(window, zone, atMs);
      expect([startMs % MINUTE_MS === 0, endMs % MINUTE_MS === 0]).toEqual([true, true]);
    }),
    check,
  );
});

test('within an hour the clock runs on, shows one hour, and no other window touches it', () => {
  const hour = (localMs: number): number => Math.floor(localMs / (60 * MINUTE_MS));
  fc.assert(
    fc.property(place, ({ zone, atMs }) => {
      const { startMs, endMs } = windowBounds('hour', zone, atMs);
      const first = naiveLocalMs(zone, startMs);
      const last = naiveLocalMs(zone, endMs - 1);
      expect(last - first).toBe(endMs - 1 - startMs);
      expect(hour(first)).toBe(hour(last));
      const runsOn = naiveLocalMs(zone, endMs) === last + 1;
      expect(runsOn && hour(last + 1) === hour(last)).toBe(false);
    }),
    check,
  );
});

/** Names the day, week or month of a local time; later ones compare greater. */
const LABELS = {
  day: (localMs: number) => Math.floor(localMs / DAY_MS),
  week: (localMs: number) => Math.floor((localMs / DAY_MS + 3) / 7),
  month: (localMs: number) =>
    new Date(localMs).getUTCFullYear() * 12 + new Date(localMs).getUTCMonth(),
};

/** Walks a zone's clock by quarters of an hour: when did it first show the newest date so far? */
function naiveStart(window: keyof typeof LABELS, zone: Zone, atMs: number): number {
  const label = LABELS[window];
  let startMs = Math.floor(atMs / QUARTER_MS) * QUARTER_MS - 40 * DAY_MS;
  let newest = label(naiveLocalMs(zone, startMs));
  for (let ms = startMs; ms <= atMs; ms += QUARTER_MS) {
    const shows = label(naiveLocalMs(zone, ms));
    if (shows > newest) startMs = ms;
    newest = Math.max(newest, shows);
  }
  return startMs;
}

test('days, weeks and months begin when the clock first shows their date', () => {
  const near = fc.tuple(wildZone, fc.integer({ min: -100, max: 2500 }));
  fc.assert(
    fc.property(near, fc.constantFrom('day', 'week', 'month'), ([zone, quarter], window) => {
      const atMs = EPOCH_MS + quarter * QUARTER_MS;
      const { startMs } = windowBounds(window, zone, atMs);
      expect(new Date(startMs)).toEqual(new Date(naiveStart(window, zone, atMs)));
    }),
    { ...check, numRuns: 100 },
  );
});

test('with one offset, windows are those of UTC moved by it', () => {
  const offset = fc.integer({ min: -56, max: 56 });
  const instant = fc.integer({ min: at('1950-01-01'), max: at('2150-01-01') });
  const windows = fc.constantFrom<CalendarWindow>('hour', 'day', 'week', 'month');
  fc.assert(
    fc.property(offset, instant, windows, (hourQuarters, atMs, window) => {
      const byMs = hourQuarters * QUARTER_MS;
      const zone = { name: 'one', offsets: [[0, hourQuarters * 15]] as const };
      const utc = windowBounds(window, UTC, atMs + byMs);
      const moved = { startMs: utc.startMs - byMs, endMs: utc.endMs - byMs };
      expect(windowBounds(window, zone, atMs)).toEqual(moved);
    }),
    check,
  );
});
