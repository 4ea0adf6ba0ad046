import type { TwoBills } from './bills.js';
import { type Percentiles, percentilesOf } from './percentiles.js';

/** All customers of a migration together. */

/** Sums over customers, whole minor units. */
export interface MigrationTotals extends TwoBills {
  readonly customers: number;
  /** Those who would pay more, and how much more together. */
  readonly up: { readonly customers: number; readonly amountMinor: number };
  /** Those who would pay less; how much less, not negative. */
  readonly down: { readonly customers: number; readonly amountMinor: number };
  readonly percentiles: {
    readonly oldAmountMinor: Percentiles;
    readonly newAmountMinor: Percentiles;
    /** new - old; negative where a bill falls. */
    readonly riseMinor: Percentiles;
  };
}

const rise = ({ oldAmountMinor, newAmountMinor }: TwoBills) => newAmountMinor - oldAmountMinor;

function sumOf(numbers: readonly number[]): number {
  const sum = numbers.reduce((all, each) => all + each, 0);
  if (!Number.isSafeInteger(sum)) throw new RangeError(`a sum beyond 2^53-1: ${sum}`);
  return sum;
}

/** Adds up and spreads customers' bills. @throws RangeError beyond 2^53-1 minor units. */
export function totalsOf(bills: readonly TwoBills[]): MigrationTotals {
  const rises = bills.map(rise);
  const up = rises.filter((minor) => minor > 0);
  const down = rises.filter((minor) => minor < 0).map((minor) => -minor);
  const old = bills.map(({ oldAmountMinor }) => oldAmountMinor);
  const next = bills.map(({ newAmountMinor }) => newAmountMinor);
  return {
    customers: bills.length,
    oldAmountMinor: sumOf(old),
    newAmountMinor: sumOf(next),
    up: { customers: up.length, amountMinor: sumOf(up) },
    down: { customers: down.length, amountMinor: sumOf(down) },
    percentiles: {
      oldAmountMinor: percentilesOf(old),
      newAmountMinor: percentilesOf(next),
      riseMinor: percentilesOf(rises),
    },
  };
}

/**
 * How much customers use, meter by meter: of each its busiest period, 0 where it used none. A
 * quota of `p95` is enough for 95 of 100 customers in every one of their periods.
 */
export function usagePercentiles(
  units: readonly Readonly<Record<string, number>>[],
): Readonly<Record<string, Percentiles>> {
  const meters = [...new Set(units.flatMap((each) => Object.keys(each)))];
  const spread = meters.map((meter) => {
    return [meter, percentilesOf(units.map((each) => each[meter] ?? 0))] as const;
  });
  return Object.fromEntries(spread);
}
