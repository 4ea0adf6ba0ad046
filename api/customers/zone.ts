import type { Zone } from '../../billing/windows/zone.js';

/**
 * Time zones as data, from the runtime's own zone database. The rules of money run where there
 * is none, so a customer's zone is written into its log.
 */

const MINUTE_MS = 60_000;

/**
 * Zones are looked at this often. The shortest time for which one went to another offset and
 * back was 7 days, America/Noronha in October 2000 (tz database 2025c).
 */
const STEP_MINUTES = 3 * 24 * 60;

const YEAR_MS = 366 * 24 * 60 * MINUTE_MS;

/**
 * Offsets a customer's log is given: a year back for late usage, ten ahead; then the last stays.
 * Throws as `zoneOf` does.
 */
export function zoneAround(name: string, atMs: number): Zone {
  return zoneOf(name, atMs - YEAR_MS, atMs + 10 * YEAR_MS);
}

/**
 * The offsets of an IANA zone in force from `fromMs` to `toMs`, rounded to whole minutes (all are
 * whole since 1972), each from the first whole minute at which it holds.
 * Throws RangeError for a name that the runtime does not know, and for instants out of range.
 */
export function zoneOf(name: string, fromMs: number, toMs: number): Zone {
  const offsetAt = offsetMinutesIn(name);
  const endMinute = Math.floor(toMs / MINUTE_MS);
  let minute = Math.floor(fromMs / MINUTE_MS);
  let offset = offsetAt(minute);
  const offsets: (readonly [fromMs: number, offsetMinutes: number])[] = [];
  offsets.push([minute * MINUTE_MS, offset]);
  while (minute < endMinute) {
    const next = Math.min(minute + STEP_MINUTES, endMinute);
    minute = offsetAt(next) === offset ? next : firstChange(offsetAt, minute, next);
    const found = offsetAt(minute);
    if (found !== offset) offsets.push([minute * MINUTE_MS, found]);
    offset = found;
  }
  return { name, offsets };
}

/** A minute in (from, to] at which the offset of `from` ends; that of `to` is another. */
function firstChange(offsetAt: (minute: number) => number, from: number, to: number): number {
  const before = offsetAt(from);
  let [still, changed] = [from, to];
  while (changed - still > 1) {
    const middle = Math.floor((still + changed) / 2);
    if (offsetAt(middle) === before) still = middle;
    else changed = middle;
  }
  return changed;
}

/** As in "7 PM GMT-05:00"; nothing after GMT: no offset. */
const OFFSET = /GMT(?:([+-])(\d+):(\d+)(?::(\d+))?)?$/;

/** Minutes that local time is ahead of UTC, by minutes since the epoch. */
function offsetMinutesIn(name: string): (minute: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    timeZoneName: 'longOffset',
    hour: 'numeric',
  });
  return (minute) => {
    const [, sign, hours, minutes, seconds] = OFFSET.exec(format.format(minute * MINUTE_MS)) ?? [];
    const ahead = Number(hours ?? 0) * 60 + Number(minutes ?? 0) + Number(seconds ?? 0) / 60;
    return Math.round(sign === '-' ? -ahead : ahead);
  };
}
