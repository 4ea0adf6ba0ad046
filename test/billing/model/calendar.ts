import type { Interval, Window } from '../../../billing/catalogue.js';
import type { Zone } from '../../../billing/windows/zone.js';

/** Time as the reference model has it: dates by `Date`, windows by trying every offset. */

/** One second in ms. */
export const SECOND = 1000;

/** One minute in ms. */
export const MINUTE = 60 * SECOND;

/** One hour in ms. */
export const HOUR = 60 * MINUTE;

/** One day in ms; UTC days have no other length. */
export const DAY = 24 * HOUR;

/** Half-open stretch of time, ms. */
export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** Down to a multiple of `step`. */
export function floorTo(step: number, ms: number): number {
  return Math.floor(ms / step) * step;
}

/** Start of the n-th period after an anchor; the anchor's day of month, or the month's last. */
export function boundaryAt(anchorMs: number, interval: Interval, n: number): number {
  if (interval === 'day') return anchorMs + n * DAY;
  if (interval === 'week') return anchorMs + n * 7 * DAY;
  const months = interval === 'month' ? n : 12 * n;
  const anchor = new Date(anchorMs);
  const timeOfDay = anchorMs - floorTo(DAY, anchorMs);
  for (let day = anchor.getUTCDate(); ; day -= 1) {
    const ms = Date.UTC(anchor.getUTCFullYear(), anchor.getUTCMonth() + months, day);
    const first = Date.UTC(anchor.getUTCFullYear(), anchor.getUTCMonth() + months, 1);
    if (new Date(ms).getUTCMonth() === new Date(first).getUTCMonth()) return ms + timeOfDay;
  }
}

function offsetAt(zone: Zone, atMs: number): number {
  let offset = zone.offsets[0]?.[1] ?? 0;
  for (const [fromMs, minutes] of zone.offsets) if (fromMs <= atMs) offset = minutes;
  return offset * MINUTE;
}

/** The first instant at which clocks of the zone show midnight of this UTC-midnight date. */
function midnight(zone: Zone, dateMs: number): number {
  const tried = zone.offsets.map(([, minutes]) => dateMs - minutes * MINUTE);
  const right = tried.filter((ms) => ms + offsetAt(zone, ms) === dateMs);
  return Math.min(...right);
}

/** The first date of the window that a local date lies in, and of the one after it. */
function dates(window: 'day' | 'week' | 'month', dateMs: number): readonly [number, number] {
  if (window === 'day') return [dateMs, dateMs + DAY];
  const date = new Date(dateMs);
  if (window === 'week') {
    const monday = dateMs - ((date.getUTCDay() + 6) % 7) * DAY;
    return [monday, monday + 7 * DAY];
  }
  const month = (ahead: number) => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + ahead, 1);
  return [month(0), month(1)];
}

/** The calendar window that an instant lies in. */
export function calendarSpan(
  window: Exclude<Window, 'period' | 'lifetime'>,
  zone: Zone,
  atMs: number,
): Span {
  const localMs = atMs + offsetAt(zone, atMs);
  if (window === 'minute' || window === 'hour') {
    const length = window === 'minute' ? MINUTE : HOUR;
    const startMs = atMs - (localMs - floorTo(length, localMs));
    return { startMs, endMs: startMs + length };
  }
  const [first, next] = dates(window, floorTo(DAY, localMs));
  return { startMs: midnight(zone, first), endMs: midnight(zone, next) };
}

/** Lengths of sliding windows. */
export const SLIDING: Readonly<Record<string, number>> = { minute: MINUTE, hour: HOUR, day: DAY };

/** The part of a sliding window that an instant counts in. */
export function slidingSpan(window: Window, atMs: number): Span {
  const step = { minute: 5 * SECOND, hour: 5 * MINUTE, day: HOUR }[window as string] ?? MINUTE;
  const startMs = floorTo(step, atMs);
  return { startMs, endMs: startMs + step };
}
