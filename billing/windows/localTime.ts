import { DAY_MS, MINUTE_MS, type PeriodBounds } from '../period.js';
import type { Zone } from './zone.js';

/**
 * What the clock on the wall shows, as ms written as if they were UTC. It jumps ahead where
 * clocks skip an hour and falls back where they repeat one. Calendar windows still tile time:
 * they ask for the latest time it has shown so far, which never falls.
 */

/** Time with one offset from UTC, half-open, ms. Infinite at either end of time. */
interface Stretch extends PeriodBounds {
  readonly offsetMs: number;
}

/** The n-th stretch of a zone; together they tile all time. Without offsets it is UTC. */
function stretch({ offsets }: Zone, index: number): Stretch {
  const [fromMs, offsetMinutes] = offsets[index] ?? [0, 0];
  return {
    startMs: index === 0 ? -Infinity : fromMs,
    endMs: offsets[index + 1]?.[0] ?? Infinity,
    offsetMs: offsetMinutes * MINUTE_MS,
  };
}

/** The stretch that holds an instant, by bisection. */
function indexAt({ offsets }: Zone, atMs: number): number {
  let low = 0;
  let high = offsets.length;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if ((offsets[middle]?.[0] ?? Infinity) <= atMs) low = middle;
    else high = middle;
  }
  return low;
}

/** The time around an instant in which the clock is not changed. */
export function stretchAt(zone: Zone, atMs: number): Stretch {
  return stretch(zone, indexAt(zone, atMs));
}

/** The latest local time that the clock has shown, up to and including an instant. */
export function latestLocalMs(zone: Zone, atMs: number): number {
  let index = indexAt(zone, atMs);
  let latestMs = atMs + stretch(zone, index).offsetMs;
  // Before that all it showed was less, as it differs from UTC by less than a day.
  while (stretch(zone, index).startMs > atMs - 2 * DAY_MS) {
    index -= 1;
    const { endMs, offsetMs } = stretch(zone, index);
    latestMs = Math.max(latestMs, endMs - 1 + offsetMs);
  }
  return latestMs;
}

/** The first instant (ms) at which the clock shows a local time, or after a gap a later one. */
export function firstInstantMs(zone: Zone, localMs: number): number {
  let index = indexAt(zone, localMs - DAY_MS);
  while (stretch(zone, index).endMs <= localMs - stretch(zone, index).offsetMs) index += 1;
  const { startMs, offsetMs } = stretch(zone, index);
  return Math.max(startMs, localMs - offsetMs);
}
