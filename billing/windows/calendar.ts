import { DAY_MS, MINUTE_MS, type PeriodBounds } from '../period.js';
import { firstInstantMs, latestLocalMs, stretchAt } from './localTime.js';
import type { Zone } from './zone.js';

/**
 * Windows that follow the calendar and the clock of a customer's zone. Each is half-open, and
 * those of one kind tile time: every instant lies in exactly one, whatever the clocks do.
 */

/** Windows that begin where the clock says. */
export type CalendarWindow = 'minute' | 'hour' | 'day' | 'week' | 'month';

const HOUR_MS = 60 * MINUTE_MS;
const WEEK_MS = 7 * DAY_MS;

/** 1970-01-05 was the first Monday of the epoch. */
const MONDAY_MS = 4 * DAY_MS;

/**
 * The window that holds an instant. Minutes are UTC's. Hours are those of the local clock, cut
 * where the offset changes: an hour that clocks repeat is two windows. Days, weeks (from Monday)
 * and months begin at the first instant at which the clock has reached local midnight: the first
 * after a gap, the earlier of two; an hour repeated after midnight belongs to the new day.
 * `atMs` lies in the years 1 to 9999.
 */
export function windowBounds(window: CalendarWindow, zone: Zone, atMs: number): PeriodBounds {
  switch (window) {
    case 'minute':
      return { startMs: floor(atMs, MINUTE_MS), endMs: floor(atMs, MINUTE_MS) + MINUTE_MS };
    case 'hour':
      return hourBounds(zone, atMs);
    default:
      return dateBounds(window, zone, atMs);
  }
}

function hourBounds(zone: Zone, atMs: number): PeriodBounds {
  const stretch = stretchAt(zone, atMs);
  const startMs = floor(atMs + stretch.offsetMs, HOUR_MS) - stretch.offsetMs;
  return {
    startMs: Math.max(stretch.startMs, startMs),
    endMs: Math.min(stretch.endMs, startMs + HOUR_MS),
  };
}

function dateBounds(window: 'day' | 'week' | 'month', zone: Zone, atMs: number): PeriodBounds {
  const local = localBounds(window, latestLocalMs(zone, atMs));
  return {
    startMs: firstInstantMs(zone, local.startMs),
    endMs: firstInstantMs(zone, local.endMs),
  };
}

/** The days, weeks and months of a clock that never changes. */
function localBounds(window: 'day' | 'week' | 'month', localMs: number): PeriodBounds {
  switch (window) {
    case 'day':
      return { startMs: floor(localMs, DAY_MS), endMs: floor(localMs, DAY_MS) + DAY_MS };
    case 'week': {
      const startMs = floor(localMs - MONDAY_MS, WEEK_MS) + MONDAY_MS;
      return { startMs, endMs: startMs + WEEK_MS };
    }
    case 'month':
      return { startMs: monthMs(localMs, 0), endMs: monthMs(localMs, 1) };
  }
}

/** First midnight of the month that lies `months` after the one of an instant. */
function monthMs(atMs: number, months: number): number {
  const at = new Date(atMs);
  return new Date(0).setUTCFullYear(at.getUTCFullYear(), at.getUTCMonth() + months, 1);
}

function floor(ms: number, unitMs: number): number {
  return Math.floor(ms / unitMs) * unitMs;
}
