import fc from 'fast-check';
import { ZoneTime } from '../../../api/usage/zoneTime.js';

/** Calendar buckets: they tile the time, and begin where the wall clock says. */

const at = (text: string): number => Date.parse(text);
const text = (ms: number): string => new Date(ms).toISOString();

test.each([
  ['UTC', 'day', '2026-03-29T12:00:00Z', '2026-03-29T00:00:00.000Z'],
  ['Europe/Berlin', 'day', '2026-03-29T12:00:00Z', '2026-03-28T23:00:00.000Z'],
  ['Europe/Berlin', 'day', '2026-10-25T22:59:00Z', '2026-10-24T22:00:00.000Z'],
  ['America/New_York', 'month', '2026-11-15T00:00:00Z', '2026-11-01T04:00:00.000Z'],
  ['Asia/Kathmandu', 'day', '2026-05-01T18:14:00Z', '2026-04-30T18:15:00.000Z'],
  ['Asia/Kathmandu', 'hour', '2026-05-01T18:20:00Z', '2026-05-01T18:15:00.000Z'],
  ['Australia/Lord_Howe', 'day', '2026-04-05T12:00:00Z', '2026-04-04T13:00:00.000Z'],
  // Its clocks go back by half an hour: the second half of that hour is a bucket of its own.
  ['Australia/Lord_Howe', 'hour', '2026-04-04T15:10:00Z', '2026-04-04T15:00:00.000Z'],
  // The night of 2018-11-04 has no midnight in Sao Paulo: the clocks went from 0 to 1.
  ['America/Sao_Paulo', 'day', '2018-11-04T12:00:00Z', '2018-11-04T03:00:00.000Z'],
  // Samoa left out the whole of 2011-12-30.
  ['Pacific/Apia', 'month', '2011-12-31T08:00:00Z', '2011-12-01T10:00:00.000Z'],
] as const)('%s: the %s of %s begins at %s', (zone, bucket, instant, start) => {
  expect(text(new ZoneTime(zone).startOf(bucket, at(instant)))).toBe(start);
});

test('an hour that the clocks repeat is two buckets', () => {
  const zone = new ZoneTime('America/New_York');
  const first = zone.startOf('hour', at('2026-11-01T05:30:00Z'));
  const second = zone.startOf('hour', at('2026-11-01T06:30:00Z'));
  expect([text(first), text(second)]).toEqual([
    '2026-11-01T05:00:00.000Z',
    '2026-11-01T06:00:00.000Z',
  ]);
});

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Sao_Paulo',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Africa/Casablanca',
  'Pacific/Apia',
];

test('buckets tile: a start is its own start, and starts never go back', () => {
  const zone = fc.constantFrom(...ZONES.map((name) => new ZoneTime(name)));
  const minute = fc.integer({ min: at('2005-01-01') / 60_000, max: at('2035-01-01') / 60_000 });
  const bucket = fc.constantFrom('hour' as const, 'day' as const, 'month' as const);
  fc.assert(
    fc.property(zone, bucket, minute, fc.nat(3000), (zoneTime, width, first, by) => {
      const earlier = first * 60_000;
      const later = earlier + by * 60_000;
      const start = zoneTime.startOf(width, earlier);
      expect(start).toBeLessThanOrEqual(earlier);
      expect(zoneTime.startOf(width, start)).toBe(start);
      expect(zoneTime.startOf(width, later)).toBeGreaterThanOrEqual(start);
    }),
    { numRuns: 1500, seed: jest.getSeed() },
  );
});
