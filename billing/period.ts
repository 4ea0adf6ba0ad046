import type { Interval } from './catalogue.js';

/**
 * Billing periods in UTC, half-open, ms since the epoch. The n-th one is always counted from the
 * original anchor, so month ends do not drift: Jan 31, Feb 28, Mar 31
 * (docs.stripe.com/billing/subscriptions/billing-cycle). The time of day stays, to the second.
 */

/** One minute in ms. */
export const MINUTE_MS = 60_000;

/** Seconds of a minute. */
export const MINUTE_SECONDS = 60;

/** One day in ms; UTC days have no other length. */
export const DAY_MS = 86_400_000;

/** Bounds of one period, ms: start is in it, end is not. */
export interface PeriodBounds {
  readonly startMs: number;
  readonly endMs: number;
}

/** Start of the whole UTC minute that `ms` lies in. */
export function floorMinute(ms: number): number {
  return Math.floor(ms / MINUTE_MS) * MINUTE_MS;
}

/** The anchor moved by months; a day that the month lacks becomes its last one. */
function addMonths(anchorMs: number, months: number): number {
  const anchor = new Date(anchorMs);
  const first = new Date(0);
  first.setUTCFullYear(anchor.getUTCFullYear(), anchor.getUTCMonth() + months, 1);
  const year = first.getUTCFullYear();
  const month = first.getUTCMonth();
  const lastDay = new Date(0);
  lastDay.setUTCFullYear(year, month + 1, 0);
  const day = Math.min(anchor.getUTCDate(), lastDay.getUTCDate());
  const start = new Date(0);
  start.setUTCFullYear(year, month, day);
  return start.getTime() + timeOfDayMs(anchorMs);
}

function timeOfDayMs(ms: number): number {
  return ms - Math.floor(ms / DAY_MS) * DAY_MS;
}

/** Where the n-th period begins. */
function boundary(anchorMs: number, interval: Interval, n: number): number {
  switch (interval) {
    case 'day':
      return anchorMs + n * DAY_MS;
    case 'week':
      return anchorMs + n * 7 * DAY_MS;
    case 'month':
      return addMonths(anchorMs, n);
    case 'year':
      return addMonths(anchorMs, 12 * n);
  }
}

/**
 * The n-th period after the anchor; 0 begins at it, negative ones lie before it.
 * Jan 31 monthly, n = 1: Feb 28 (29 in leap years) to Mar 31.
 */
export function periodBounds(anchorMs: number, interval: Interval, n: number): PeriodBounds {
  return {
    startMs: boundary(anchorMs, interval, n),
    endMs: boundary(anchorMs, interval, n + 1),
  };
}

/** Shortest length of each interval, ms: a first guess of the index never lies too low. */
const SHORTEST_MS: Readonly<Record<Interval, number>> = {
  day: DAY_MS,
  week: 7 * DAY_MS,
  month: 28 * DAY_MS,
  year: 365 * DAY_MS,
};

/** Index of the period that contains `atMs`; negative before the anchor. */
export function periodIndexAt(anchorMs: number, interval: Interval, atMs: number): number {
  const guess = Math.floor((atMs - anchorMs) / SHORTEST_MS[interval]);
  let low = Math.min(0, guess - 1);
  let high = Math.max(1, guess + 1);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (boundary(anchorMs, interval, middle) <= atMs) low = middle;
    else high = middle;
  }
  return low;
}
