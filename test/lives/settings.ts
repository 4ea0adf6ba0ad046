/** Seeds of the lives of one file. */
export interface Lives {
  readonly first: number;
  readonly count: number;
  /** Whether all of a life is told, not only what differs. */
  readonly tells: boolean;
}

/**
 * Lives from a seed on; DURABILL_TEST_LIFE=SEED: that one alone, and all that happened in it.
 * @throws RangeError for a seed that is no whole number.
 */
export function livesFrom(
  first: number,
  count: number,
  environment: NodeJS.ProcessEnv = process.env,
): Lives {
  const given = environment['DURABILL_TEST_LIFE'];
  if (!given) return { first, count, tells: false };
  const seed = Number(given);
  if (Number.isSafeInteger(seed)) return { first: seed, count: 1, tells: true };
  throw new RangeError(`DURABILL_TEST_LIFE must be a whole number: ${given}`);
}
