import fc from 'fast-check';
import { zoneAround, zoneOf } from '../../../api/customers/zone.js';
import { windowBounds } from '../../../billing/windows/calendar.js';
import { UTC } from '../../../billing/windows/zone.js';
import { at, naiveLocalMs, shown, ZONES } from '../../billing/windows/zones.js';

/** Zones as data agree with the runtime's own zone database. */

/** The date and time that the runtime shows, as "2026-03-08 01:59:59". */
function clockOf(name: string): (atMs: number) => string {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: name,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  return (atMs) => format.format(atMs);
}

const FROM = '1972-02-01T00:00:00Z';
const TO = '2045-01-01T00:00:00Z';

const NAMES = [
  'UTC',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'America/Santiago',
  'America/Havana',
  'America/Noronha',
  'America/St_Johns',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Europe/Dublin',
  'Antarctica/Troll',
  'Pacific/Apia',
  'Pacific/Kiritimati',
];

const places = NAMES.map((name) => ({
  name,
  zone: zoneOf(name, at(FROM), at(TO)),
  clock: clockOf(name),
}));

const minutes = fc
  .integer({ min: at(FROM) / 60_000, max: at(TO) / 60_000 - 1 })
  .map((minute) => minute * 60_000);

const check = { numRuns: 1000, seed: jest.getSeed() };

describe('the offsets of a zone', () => {
  it.each(ZONES)('are those that the rules are tested with: $name', (zone) => {
    const fromMs = zone.offsets[0]?.[0] ?? NaN;
    const yearEndMs = Date.UTC(new Date(fromMs).getUTCFullYear(), 11, 31);
    expect(zoneOf(zone.name, fromMs, yearEndMs)).toEqual(zone);
  });

  it('are those of the zone of customers that name none', () => {
    expect(zoneOf('UTC', 0, at('2100-01-01T00:00Z'))).toEqual(UTC);
  });

  it('have Cairo skip the hour after midnight, and go back on reaching the next one', () => {
    const zone = zoneOf('Africa/Cairo', at('2026-01-01T00:00Z'), at('2027-01-01T00:00Z'));
    expect(zone.offsets.map(([fromMs, offset]) => [shown(fromMs), offset])).toEqual([
      ['2026-01-01T00:00:00', 120],
      ['2026-04-23T22:00:00', 180],
      ['2026-10-29T21:00:00', 120],
    ]);
    const day = windowBounds('day', zone, at('2026-04-23T22:00:00Z'));
    expect([shown(day.startMs), shown(day.endMs)]).toEqual([
      '2026-04-23T22:00:00',
      '2026-04-24T21:00:00',
    ]);
  });

  it('are those of Intl at any instant', () => {
    fc.assert(
      fc.property(fc.constantFrom(...places), minutes, ({ zone, clock }, atMs) => {
        expect(shown(naiveLocalMs(zone, atMs)).replace('T', ' ')).toBe(clock(atMs));
      }),
      check,
    );
  });

  it('change at the very minute, and never to what they were', () => {
    for (const { zone, clock } of places) {
      for (const [index, [fromMs, minutesAhead]] of zone.offsets.entries()) {
        expect(shown(naiveLocalMs(zone, fromMs)).replace('T', ' ')).toBe(clock(fromMs));
        const beforeMs = fromMs - 60_000;
        if (index === 0) continue;
        expect(shown(naiveLocalMs(zone, beforeMs)).replace('T', ' ')).toBe(clock(beforeMs));
        expect(minutesAhead).not.toBe(zone.offsets[index - 1]?.[1]);
      }
    }
  });

  it('include a change that holds for a week only', () => {
    const zone = zoneOf('America/Noronha', at('2000-06-01T00:00Z'), at('2001-01-01T00:00Z'));
    expect(zone.offsets.map(([fromMs, offset]) => [shown(fromMs), offset])).toEqual([
      ['2000-06-01T00:00:00', -120],
      ['2000-10-08T02:00:00', -60],
      ['2000-10-15T01:00:00', -120],
    ]);
  });

  it('are whole minutes from whole minutes on, also of Monrovia before 1972', () => {
    const zone = zoneOf('Africa/Monrovia', at('1971-01-01T00:00:30Z'), at('1973-01-01T00:00Z'));
    expect(zone.offsets).toEqual([
      [at('1971-01-01T00:00:00Z'), -44],
      [at('1972-01-07T00:45:00Z'), 0],
    ]);
  });

  it('are one alone where the time ends before it begins', () => {
    const fromMs = at('2026-01-01T00:00Z');
    expect(zoneOf('Europe/Berlin', fromMs, fromMs - 1).offsets).toEqual([[fromMs, 60]]);
    expect(zoneOf('Europe/Berlin', fromMs, fromMs).offsets).toEqual([[fromMs, 60]]);
  });

  it('of a customer reach from a year back to ten years ahead', () => {
    const { name, offsets } = zoneAround('America/New_York', at('2026-06-15T12:00:30Z'));
    expect(name).toBe('America/New_York');
    expect(offsets.map(([fromMs]) => shown(fromMs)).slice(0, 2)).toEqual([
      '2025-06-14T12:00:00',
      '2025-11-02T06:00:00',
    ]);
    expect(shown(offsets.at(-1)?.[0] ?? NaN)).toBe('2036-03-09T07:00:00');
  });

  it('of an unknown zone are a RangeError, as are instants that no date has', () => {
    expect(() => zoneOf('Mars/Olympus', 0, 1)).toThrow(RangeError);
    expect(() => zoneOf('Europe/Berlin', Infinity, Infinity)).toThrow(RangeError);
  });
});

describe('calendar windows of a zone', () => {
  it('begin and end where the date that Intl shows changes', () => {
    fc.assert(
      fc.property(fc.constantFrom(...places), minutes, ({ zone, clock }, atMs) => {
        const { startMs, endMs } = windowBounds('day', zone, atMs);
        const date = (ms: number): string => clock(ms).slice(0, 10);
        expect(date(startMs) > date(startMs - 1)).toBe(true);
        expect(date(endMs) > date(startMs)).toBe(true);
        const month = windowBounds('month', zone, atMs);
        expect(clock(month.startMs).slice(0, 7) > clock(month.startMs - 1).slice(0, 7)).toBe(true);
        expect(clock(month.startMs).slice(8, 10)).toBe('01');
      }),
      check,
    );
  });

  it('week: from a Monday to the next', () => {
    fc.assert(
      fc.property(fc.constantFrom(...places), minutes, ({ zone }, atMs) => {
        const { startMs, endMs } = windowBounds('week', zone, atMs);
        expect(new Date(naiveLocalMs(zone, startMs)).getUTCDay()).toBe(1);
        expect(new Date(naiveLocalMs(zone, endMs)).getUTCDay()).toBe(1);
      }),
      check,
    );
  });
});
