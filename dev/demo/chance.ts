/** Whole pseudo-random numbers below `bound`: the same on every machine (mulberry32). */
export function random(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

/**
 * Index of the share that a number below the sum of all shares falls into.
 * @throws RangeError for a number that is not below it.
 */
export function indexIn(shares: readonly number[], drawn: number): number {
  let rest = drawn;
  for (const [index, share] of shares.entries()) {
    if (rest < share) return index;
    rest -= share;
  }
  throw new RangeError(`${drawn} is not below the sum of ${shares.length} shares`);
}

/** The sum of whole numbers. */
export function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}

/** Zipf's law in whole numbers: the n-th of many gets 1/n of what the first one gets. */
export function zipfShares(count: number): number[] {
  return Array.from({ length: count }, (_, index) => Math.floor(1_000_000 / (index + 1)));
}
