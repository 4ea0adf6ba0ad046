import { compare, divide, multiply, subtract } from '../decimal.js';
import { larger, median } from './median.js';

/** Bills that stand out, judged on what earlier periods came to (DESIGN §6). */

/** Usage lines above 1.5 x the reference are held … */
const SPIKE_FACTOR = '1.5';

/** … where they are at least this many minor units above it. */
const SPIKE_LEAST_MINOR = '1000';

/** Why an invoice waits for an operator. */
export interface Spike {
  readonly usageMinor: number;
  /** Exact decimal of minor units. */
  readonly referenceMinor: string;
}

/**
 * True reason to hold a bill: its usage lines sum to more than 1.5 x the reference, and to at
 * least 1,000 minor units more. The reference is the larger of the last closed period's usage
 * lines and the median of the last three (fewer: of those there are). `closedUsageMinor`: whole
 * minor units, newest last, periods without usage left out. Null: nothing stands out, or there is
 * nothing to compare with.
 */
export function spikeOf(usageMinor: number, closedUsageMinor: readonly number[]): Spike | null {
  const recent = closedUsageMinor.slice(-3);
  const middle = median(recent);
  if (middle === null) return null;
  const referenceMinor = larger(middle, String(recent.at(-1)));
  const usage = String(usageMinor);
  if (compare(usage, multiply(referenceMinor, SPIKE_FACTOR)) <= 0) return null;
  if (compare(subtract(usage, referenceMinor), SPIKE_LEAST_MINOR) < 0) return null;
  return { usageMinor, referenceMinor };
}

/**
 * What the first full period after a migration gives back, whole minor units: new - old where the
 * same usage costs more than 1.10 x what it cost before, else 0. Its line `net` is the negative.
 */
export function firstInvoiceNet(oldMinor: number, newMinor: number): number {
  const allowed = multiply(String(oldMinor), '1.1');
  return compare(String(newMinor), allowed) > 0 ? newMinor - oldMinor : 0;
}

/**
 * The soft spend amount of a customer who has none: 80 % of the median of the last three periods
 * (fewer: of those there are), base included; half a minor unit rounds up. Null where no period
 * was closed or they came to nothing: an alert at 0 would tell nobody anything.
 */
export function defaultSoftAmount(closedSpendMinor: readonly number[]): number | null {
  const middle = median(closedSpendMinor.slice(-3));
  if (middle === null || compare(middle, '0') <= 0) return null;
  return Number(divide(multiply(middle, '4'), '5', 0));
}
