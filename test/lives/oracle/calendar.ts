import type { Interval } from '../../../billing/catalogue.js';

/** Where periods begin, counted by hand. */

const DAY_MS = 86_400_000;

/** Start of the period that is `count` periods after the anchor; months end where they must. */
export function boundary(anchorMs: number, interval: Interval, count: number): number {
  if (interval === 'day') return anchorMs + count * DAY_MS;
  if (interval === 'week') return anchorMs + count * 7 * DAY_MS;
  const anchor = new Date(anchorMs);
  const months = anchor.getUTCMonth() + (interval === 'year' ? 12 * count : count);
  const year = anchor.getUTCFullYear();
  const lastDay = new Date(Date.UTC(year, months + 1, 0)).getUTCDate();
  const day = Math.min(anchor.getUTCDate(), lastDay);
  return Date.UTC(year, months, day) + (anchorMs % DAY_MS);
}
