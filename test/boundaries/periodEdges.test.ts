import type { Interval } from '../../billing/catalogue.js';
import type { Zone } from '../../billing/windows/zone.js';
import { LORD_HOWE, NEW_YORK } from '../billing/windows/zones.js';
import { costOf, distinctQuantities, Life } from './life.js';

/** Events at the edges of periods: each is on exactly one invoice, and the sums are exact. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

interface Case {
  readonly name: string;
  /** Where Stripe's periods begin; the last one is where the last period ends. */
  readonly bounds: readonly string[];
  readonly interval?: Interval;
  readonly zone?: Zone;
}

const YEARS = ['2028-02-29', '2029-02-28', '2030-02-28', '2031-02-28', '2032-02-29'];

const on = (time: string, ...days: readonly string[]) => days.map((day) => `${day}T${time}Z`);

const CASES: readonly Case[] = [
  {
    name: 'a whole minute',
    bounds: on('00:00:00', '2026-01-01', '2026-02-01', '2026-03-01', '2026-04-01'),
  },
  {
    name: '23 s past a minute',
    bounds: on('10:20:23', '2026-01-01', '2026-02-01', '2026-03-01', '2026-04-01'),
  },
  {
    name: 'the last second of a minute and a month',
    bounds: on('23:59:59', '2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30'),
  },
  {
    name: 'the 29th',
    bounds: on('10:20:23', '2026-01-29', '2026-02-28', '2026-03-29', '2026-04-29', '2026-05-29'),
  },
  {
    name: 'the 30th',
    bounds: on('10:20:23', '2026-01-30', '2026-02-28', '2026-03-30', '2026-04-30', '2026-05-30'),
  },
  {
    name: 'the 31st',
    bounds: on('10:20:23', '2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31'),
  },
  {
    name: 'the 29th of a leap year',
    bounds: on('00:00:00', '2028-01-29', '2028-02-29', '2028-03-29', '2028-04-29'),
  },
  {
    name: 'the 30th of a leap year',
    bounds: on('00:00:00', '2028-01-30', '2028-02-29', '2028-03-30', '2028-04-30'),
  },
  {
    name: 'the 31st of a leap year',
    bounds: on('10:20:23', '2028-01-31', '2028-02-29', '2028-03-31', '2028-04-30', '2028-05-31'),
  },
  { name: 'February 29 yearly', interval: 'year', bounds: on('12:00:23', ...YEARS) },
  {
    name: 'half past two, which New York skips in spring',
    zone: NEW_YORK,
    bounds: on('07:30:00', '2026-02-08', '2026-03-08', '2026-04-08'),
  },
  {
    name: 'half past one, which New York has twice in autumn',
    zone: NEW_YORK,
    bounds: on('05:30:23', '2026-10-01', '2026-11-01', '2026-12-01'),
  },
  {
    name: 'the half hour that Lord Howe has twice',
    zone: LORD_HOWE,
    bounds: on('14:45:00', '2026-03-04', '2026-04-04', '2026-05-04'),
  },
  {
    name: 'the week of both changes at once',
    zone: NEW_YORK,
    interval: 'week',
    bounds: on('06:00:00', '2026-10-25', '2026-11-01', '2026-11-08', '2026-11-15'),
  },
];

interface Dated {
  readonly atMs: number;
  readonly quantity: number;
}

/** The engine's own bounds: Stripe's, down to the whole minute. */
const boundsOf = ({ bounds }: Case): number[] =>
  bounds.map((text) => Math.floor(Date.parse(text) / MINUTE_MS) * MINUTE_MS);

/** Instants of a period where a mistake would show. */
function instantsOf(startMs: number, endMs: number): number[] {
  const middleMs = startMs + Math.floor((endMs - startMs) / 2);
  // Stripe's period begins up to a minute later than ours.
  return [startMs, startMs + 1, startMs + 22_999, startMs + 23_000, middleMs, endMs - 1];
}

/** Events of every period, each of another quantity. */
function eventsOf(bounds: readonly number[]): Dated[][] {
  const quantities = distinctQuantities();
  return bounds
    .slice(0, -1)
    .map((startMs, index) =>
      instantsOf(startMs, bounds[index + 1] ?? 0).map((atMs) => ({
        atMs,
        quantity: quantities.next().value,
      })),
    );
}

const sumOf = (events: readonly Dated[]) => events.reduce((sum, { quantity }) => sum + quantity, 0);

function lifeOf(each: Case): Life {
  const [first = ''] = each.bounds;
  return new Life({ ...each, anchorMs: Date.parse(first) });
}

/** What each period's invoice must bill. */
function expectedOf(bounds: readonly number[], events: readonly Dated[][], late: number[] = []) {
  return events.map((own, index) => ({
    ...{ reason: 'cycle', status: 'paid' },
    period: [bounds[index] ?? 0, bounds[index + 1] ?? 0].map((ms) => new Date(ms).toISOString()),
    units: sumOf(own),
    amountMinor: costOf(sumOf(own)),
    lateMinor: late[index] ?? 0,
  }));
}

describe.each(CASES)('periods that begin at $name', (each) => {
  const bounds = boundsOf(each);
  const events = eventsOf(bounds);

  it('bill every event that comes in time once', () => {
    const life = lifeOf(each);
    for (const { atMs, quantity } of events.flat()) {
      life.pass(atMs);
      life.use(quantity, atMs);
    }
    life.pass((bounds.at(-1) ?? 0) + 2 * HOUR_MS);
    expect(life.billed()).toEqual(expectedOf(bounds, events));
  });

  it('bill every event of the close’s 15 minutes in its own period', () => {
    const life = lifeOf(each);
    for (const [index, own] of events.entries()) {
      const endMs = bounds[index + 1] ?? 0;
      life.pass(endMs + 14 * MINUTE_MS);
      for (const { atMs, quantity } of [...own].reverse()) life.use(quantity, atMs);
      life.pass(endMs + 2 * HOUR_MS);
    }
    expect(life.billed()).toEqual(expectedOf(bounds, events));
  });

  it('bill what comes after the close on the next invoice, as late', () => {
    const life = lifeOf(each);
    const inTime = events.map((own) => own.slice(0, 3));
    for (const [index, own] of events.entries()) {
      const endMs = bounds[index + 1] ?? 0;
      life.pass(endMs);
      for (const { atMs, quantity } of own.slice(0, 3)) life.use(quantity, atMs);
      life.pass(endMs + 2 * HOUR_MS);
      for (const { atMs, quantity } of own.slice(3)) life.use(quantity, atMs);
    }
    const lateMinor = events.map(
      (own, index) => costOf(sumOf(own)) - costOf(sumOf(inTime[index] ?? [])),
    );
    const expected = expectedOf(bounds, inTime, [0, ...lateMinor.slice(0, -1)]);
    expect(life.billed()).toEqual(expected);
  });
});
