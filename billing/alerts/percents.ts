import { compare, multiply } from '../decimal.js';

/** How far something is used up, in whole percents, exactly. */

/** Where a limit is reached. */
export const REACHED_PERCENT = 100;

/** True when `used` is at least `percent` of `max`; both exact decimals of one unit. */
export function isAtPercent(used: string, max: string, percent: number): boolean {
  return compare(multiply(used, String(REACHED_PERCENT)), multiply(max, String(percent))) >= 0;
}

/**
 * Percentages that usage has come to, ascending, each once. Nothing used has come to none, of
 * whatever ceiling.
 */
export function percentsReached(
  used: string,
  max: string,
  percents: readonly number[],
): number[] {
  if (compare(used, '0') <= 0) return [];
  const ascending = [...new Set(percents)].sort((a, b) => a - b);
  return ascending.filter((percent) => isAtPercent(used, max, percent));
}
