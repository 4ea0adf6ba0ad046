/** Billing periods to the second, UTC, as Stripe's billing cycle anchor makes them. */

const DAY_SECONDS = 86_400;

/** Length of one recurring interval. */
export interface Interval {
  readonly interval: 'day' | 'week' | 'month' | 'year';
  readonly count: number;
}

/**
 * Start of the period `index` of a cycle anchored at `anchorSeconds`. Months count from the anchor
 * and not from the last boundary, so a short month does not move the day for good: Jan 31, Feb 28,
 * Mar 31 (docs.stripe.com/billing/subscriptions/billing-cycle).
 */
export function boundarySeconds(anchorSeconds: number, every: Interval, index: number): number {
  const steps = every.count * index;
  if (every.interval === 'day') return anchorSeconds + steps * DAY_SECONDS;
  if (every.interval === 'week') return anchorSeconds + steps * 7 * DAY_SECONDS;
  return addMonths(anchorSeconds, every.interval === 'year' ? steps * 12 : steps);
}

function addMonths(seconds: number, months: number): number {
  const at = new Date(seconds * 1000);
  const year = at.getUTCFullYear();
  const month = at.getUTCMonth() + months;
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const day = Math.min(at.getUTCDate(), lastDay);
  const timeOfDay = seconds - Date.UTC(year, at.getUTCMonth(), at.getUTCDate()) / 1000;
  return Date.UTC(year, month, day) / 1000 + timeOfDay;
}
