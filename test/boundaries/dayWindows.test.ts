import type { Limit } from '../../billing/catalogue.js';
import { KATHMANDU, LORD_HOWE, NEW_YORK } from '../billing/windows/zones.js';
import { UTC, type Zone } from '../../billing/windows/zone.js';
import { costOf, distinctQuantities, Life } from './life.js';

/**
 * Days on which clocks change: each event counts in the one day that a calendar shows there, and
 * is on one invoice, whatever the zone.
 */

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 0, 1, 10, 20, 23);

const LIMITS: readonly Limit[] = [
  { id: 'day', meters: ['tokens'], max: 1_000_000, window: 'day', scope: 'customer' },
  { id: 'hour', meters: ['tokens'], max: 1_000_000, window: 'hour', scope: 'customer' },
  { id: 'month', meters: ['tokens'], max: 1_000_000, window: 'month', scope: 'customer' },
];

/** What a calendar on the wall shows: of a day its date, of an hour also the offset. */
function shownBy({ name }: Zone): (window: string, atMs: number) => string {
  const format = new Intl.DateTimeFormat('sv-SE', {
    ...{ timeZone: name, dateStyle: 'short', timeStyle: 'long' },
  });
  const lengths: Readonly<Record<string, number>> = { month: 7, day: 10 };
  return (window, atMs) => {
    const text = format.format(atMs);
    return window === 'hour' ? text.replace(/:\d\d:\d\d/, '') : text.slice(0, lengths[window]);
  };
}

/** Every half hour around a change, and a millisecond before each. */
function instantsAround(changeMs: number): number[] {
  const halves = Array.from({ length: 2 * 60 }, (_, n) => changeMs + (n - 60) * (HOUR_MS / 2));
  return halves.flatMap((atMs) => [atMs - 1, atMs]);
}

const CHANGES = [
  ['New York leaves out an hour', NEW_YORK, '2026-03-08T07:00:00Z'],
  ['New York has an hour twice', NEW_YORK, '2026-11-01T06:00:00Z'],
  ['Lord Howe has half an hour twice', LORD_HOWE, '2026-04-04T15:00:00Z'],
  ['Lord Howe leaves out half an hour', LORD_HOWE, '2026-10-03T15:30:00Z'],
  ['nothing changes, a quarter off the hour', KATHMANDU, '2026-03-31T18:15:00Z'],
  ['nothing changes', UTC, '2026-06-01T00:00:00Z'],
] as const;

describe.each(CHANGES)('%s', (_name, zone, changeText) => {
  const instants = instantsAround(Date.parse(changeText));

  it('each event counts in one day, hour and month', () => {
    const life = new Life({ anchorMs: START_MS, zone, limits: LIMITS });
    const shown = shownBy(zone);
    const counted: Record<string, number> = {};
    const quantities = distinctQuantities();
    for (const atMs of instants) {
      const quantity = quantities.next().value;
      life.pass(atMs);
      life.use(quantity, atMs);
      for (const { id } of LIMITS) {
        const window = `${id} ${shown(id, atMs)}`;
        counted[window] = (counted[window] ?? 0) + quantity;
        expect([window, life.usedOf(id)]).toEqual([window, counted[window]]);
      }
    }
  });

  it('all of them are billed once', () => {
    const life = new Life({ anchorMs: START_MS, zone });
    let sum = 0;
    const quantities = distinctQuantities();
    for (const atMs of instants) {
      const quantity = quantities.next().value;
      sum += quantity;
      life.pass(atMs);
      life.use(quantity, atMs);
    }
    life.pass((instants.at(-1) ?? 0) + 40 * 24 * HOUR_MS);
    const billed = life.billed();
    expect(billed.reduce((units, one) => units + one.units, 0)).toBe(sum);
    for (const { units, amountMinor, lateMinor } of billed) {
      expect([amountMinor, lateMinor]).toEqual([costOf(units), 0]);
    }
  });
});
