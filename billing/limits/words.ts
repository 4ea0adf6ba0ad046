import { meterOf } from '../branches.js';
import type { PlanSnapshot, Window } from '../catalogue.js';
import { DAY_MS } from '../period.js';
import { stretchAt } from '../windows/localTime.js';
import type { Zone } from '../windows/zone.js';
import type { CounterRule } from './counterKey.js';

/** Words that denials are made of. */

type Windowed = Pick<CounterRule, 'window' | 'sliding'>;

const EACH: Readonly<Record<Window, string>> = {
  minute: 'a minute',
  hour: 'an hour',
  day: 'a day',
  week: 'a week',
  month: 'a month',
  period: 'a period',
  lifetime: 'in all',
};

const SLIDING: Readonly<Partial<Record<Window, string>>> = {
  minute: 'in any minute',
  hour: 'in any hour',
  day: 'in any 24 hours',
};

const THIS: Readonly<Record<Window, string>> = {
  minute: "this minute's",
  hour: "this hour's",
  day: "today's",
  week: "this week's",
  month: "this month's",
  period: "this period's",
  lifetime: 'all',
};

/** How often a limit is granted: "a day", "in any minute", "in all". */
export function eachWindow({ window, sliding }: Windowed): string {
  return (sliding ? SLIDING[window] : undefined) ?? EACH[window];
}

/** Whose a window's quota is: "today's", "all". */
export function thisWindow(window: Window): string {
  return THIS[window];
}

/** "1 token", "2 tokens"; units that end in s stay as they are. */
export function inUnits(shown: string, unit: string): string {
  return shown === '1' || unit.endsWith('s') ? `${shown} ${unit}` : `${shown} ${unit}s`;
}

/** The one unit of these meters; "unit" where they differ. */
export function unitOf({ meters }: PlanSnapshot, ids: readonly string[]): string {
  const units = new Set(ids.map((id) => meterOf(meters, id)?.unit ?? 'unit'));
  const [unit = 'unit'] = units;
  return units.size === 1 ? unit : 'unit';
}

/**
 * An instant on a customer's clock, as in "More at 00:00 UTC.": the time of day where it is a day
 * away at most, else the date too. Seconds only where there are any, rounded up.
 */
export function moreAt(zone: Zone, nowMs: number, atMs: number): string {
  const second = Math.ceil(atMs / 1000) * 1000;
  const local = new Date(second + stretchAt(zone, second).offsetMs);
  const clock = local.toISOString().slice(11, 19).replace(/:00$/, '');
  const time = zone.name === 'UTC' ? `${clock} UTC` : `${clock} (${zone.name})`;
  if (atMs - nowMs <= DAY_MS) return `More at ${time}.`;
  return `More on ${local.getUTCDate()} ${MONTHS[local.getUTCMonth()] ?? ''} at ${time}.`;
}

const MONTHS: readonly string[] = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
