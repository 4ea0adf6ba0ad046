/**
 * How often a journey is run: a few times in the suite, more with DURABILL_TEST_ROUNDS.
 * @throws RangeError for anything but 1 to 1,000.
 */
export function roundsOf(usual: number, environment: NodeJS.ProcessEnv = process.env): number {
  const given = environment['DURABILL_TEST_ROUNDS'];
  if (!given) return usual;
  const rounds = Number(given);
  if (Number.isInteger(rounds) && rounds >= 1 && rounds <= 1_000) return rounds;
  throw new RangeError(`DURABILL_TEST_ROUNDS must be 1 to 1000: ${given}`);
}

/** Time for so many rounds and what stands around them, ms. */
export function roundsLimitMs(rounds: number, eachMs: number): number {
  return 120_000 + rounds * eachMs;
}
