/** How numbers are spread over customers, exact: by nearest rank, nothing in between is made up. */

/** Ranks that are told, in percent; the greatest stands beside them as `max`. */
export const RANKS = [50, 75, 90, 95, 99] as const;

/** How a list of numbers is spread: 95 of 100 are at most `p95`. */
export type Percentiles<Quantity = number> = Readonly<
  Record<`p${(typeof RANKS)[number]}` | 'max', Quantity>
>;

/**
 * The smallest of these usages that covers `percent` of a hundred of them (nearest rank): a quota
 * of that size is enough for so many customers. Whole numbers in any order; `percent` 1 to 100,
 * whole; 0 for no usages.
 * @throws RangeError for another percent.
 */
export function quotaCovering(percent: number, usages: readonly number[]): number {
  return atRank(percent, ascending(usages));
}

function ascending(numbers: readonly number[]): number[] {
  return [...numbers].sort((a, b) => a - b);
}

function atRank(percent: number, sorted: readonly number[]): number {
  if (!Number.isInteger(percent) || percent < 1 || percent > 100) {
    throw new RangeError(`percent ${percent} is not a whole number from 1 to 100`);
  }
  return sorted[Math.ceil((percent * sorted.length) / 100) - 1] ?? 0;
}

/** All ranks at once; whole numbers in any order, negative ones too. */
export function percentilesOf(numbers: readonly number[]): Percentiles {
  const sorted = ascending(numbers);
  const [p50, p75, p90, p95, p99] = RANKS.map((percent) => atRank(percent, sorted));
  return {
    p50: p50 ?? 0,
    p75: p75 ?? 0,
    p90: p90 ?? 0,
    p95: p95 ?? 0,
    p99: p99 ?? 0,
    max: atRank(100, sorted),
  };
}
