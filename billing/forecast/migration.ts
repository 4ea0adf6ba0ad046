import type { PlanSnapshot } from '../catalogue.js';
import { compare, subtract } from '../decimal.js';
import { CREDITS_METER } from '../quantity.js';
import { type PeriodUsage, rate } from '../rating/rate.js';

/** What a new plan version would mean, told from what customers used (CONTRACT §3.4). */

/** One customer's usage of one period; credits as used, grants not taken off. */
export interface CustomerUsage {
  readonly customer: string;
  readonly usage: PeriodUsage;
}

/** One customer's bill under both plans, whole minor units, base included. */
export interface TwoBills {
  readonly customer: string;
  readonly oldAmountMinor: number;
  readonly newAmountMinor: number;
}

/** How a list of numbers is spread: 95 of 100 are at most `p95`. */
export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** The same usage under two plans. */
export interface Comparison {
  readonly data: readonly TwoBills[];
  readonly percentiles: {
    readonly oldAmountMinor: Percentiles;
    readonly newAmountMinor: Percentiles;
    /** new - old; negative where a bill falls. */
    readonly riseMinor: Percentiles;
  };
}

/**
 * The smallest of these usages that covers `percent` of a hundred of them (nearest rank): a quota
 * of that size is enough for so many customers. Whole numbers in any order; `percent` 1 to 100,
 * whole; 0 for no usages.
 * @throws RangeError for another percent.
 */
export function quotaCovering(percent: number, usages: readonly number[]): number {
  if (!Number.isInteger(percent) || percent < 1 || percent > 100) {
    throw new RangeError(`percent ${percent} is not a whole number from 1 to 100`);
  }
  const ascending = [...usages].sort((a, b) => a - b);
  const rank = Math.ceil((percent * ascending.length) / 100);
  return ascending[rank - 1] ?? 0;
}

function percentilesOf(numbers: readonly number[]): Percentiles {
  return {
    p50: quotaCovering(50, numbers),
    p90: quotaCovering(90, numbers),
    p95: quotaCovering(95, numbers),
    p99: quotaCovering(99, numbers),
    max: quotaCovering(100, numbers),
  };
}

/** What a plan bills of this usage: meters it does not know cost nothing, its grant comes off. */
function billOf(snapshot: PlanSnapshot, usage: PeriodUsage): number {
  const known = Object.entries(usage)
    .filter(([meter]) => Object.hasOwn(snapshot.meters, meter))
    .map(([meter, quantity]) => {
      const billed = meter === CREDITS_METER ? beyondGrant(snapshot, quantity) : quantity;
      return [meter, billed] as const;
    });
  return rate(snapshot, Object.fromEntries(known)).subtotalMinor;
}

function beyondGrant(snapshot: PlanSnapshot, credits: number | string): string {
  const left = subtract(String(credits), snapshot.plan.creditGrant?.amount ?? '0');
  return compare(left, '0') > 0 ? left : '0';
}

/**
 * Each customer's bill of one period under both plans, in the order given, and how the bills are
 * spread. Of credits the plan's own grant is taken off; what was rolled over or bought is not.
 * @throws UsageFaultsError for quantities that are not whole.
 */
export function underTwoPlans(
  old: PlanSnapshot,
  next: PlanSnapshot,
  usages: readonly CustomerUsage[],
): Comparison {
  const data = usages.map(({ customer, usage }) => ({
    customer,
    oldAmountMinor: billOf(old, usage),
    newAmountMinor: billOf(next, usage),
  }));
  return {
    data,
    percentiles: {
      oldAmountMinor: percentilesOf(data.map((bills) => bills.oldAmountMinor)),
      newAmountMinor: percentilesOf(data.map((bills) => bills.newAmountMinor)),
      riseMinor: percentilesOf(data.map((bills) => bills.newAmountMinor - bills.oldAmountMinor)),
    },
  };
}
