/** Measures pure functions: rounds of many calls each, the median round stands for all. */

/** One rule to be measured. */
export interface Measured {
  readonly name: string;
  /** What one call does, in words. */
  readonly what: string;
  /** Calls in one round. */
  readonly calls: number;
  /** Longest one call may take, microseconds; null: no bound is asked for. */
  readonly goalMicros: number | null;
  /** Runs one round; only what it times counts. */
  round(): Round;
}

/** What one round came to. */
export interface Round {
  /** Time of all calls together, ms. */
  readonly elapsedMs: number;
  /** What is wrong with the results; null: all are as they must be. */
  readonly fault: string | null;
}

/** Figures of one rule: microseconds of one call. */
export interface RuleFigures {
  readonly name: string;
  readonly what: string;
  readonly calls: number;
  readonly goalMicros: number | null;
  readonly medianMicros: number;
  readonly fastestMicros: number;
  readonly slowestMicros: number;
  /** Calls a second in the median round. */
  readonly perSecond: number;
  /** Time of the median round, ms. */
  readonly roundMs: number;
  readonly rounds: readonly number[];
  readonly faults: readonly string[];
}

/** Runs a warm-up that is not counted, then the rounds. */
export function measure(rule: Measured, rounds: number): RuleFigures {
  const all = Array.from({ length: rounds + 1 }, () => rule.round());
  const faults = all.flatMap(({ fault }) => (fault === null ? [] : [`${rule.name}: ${fault}`]));
  return figuresOf(rule, all.slice(1), faults);
}

/** Puts rounds together. @throws RangeError without a round. */
export function figuresOf(
  { name, what, calls, goalMicros }: Omit<Measured, 'round'>,
  rounds: readonly Pick<Round, 'elapsedMs'>[],
  faults: readonly string[],
): RuleFigures {
  const micros = rounds.map(({ elapsedMs }) => (elapsedMs * 1000) / calls);
  const sorted = [...micros].sort((a, b) => a - b);
  const median = sorted[Math.floor((sorted.length - 1) / 2)];
  if (median === undefined) throw new RangeError('there was no measured round');
  return {
    name,
    what,
    calls,
    goalMicros,
    medianMicros: rounded(median),
    fastestMicros: rounded(sorted[0] ?? median),
    slowestMicros: rounded(sorted.at(-1) ?? median),
    perSecond: Math.round(1_000_000 / median),
    roundMs: rounded((median * calls) / 1000),
    rounds: micros.map(rounded),
    faults,
  };
}

/** Times what `run` does, ms. */
export function timed(run: () => void): number {
  const startMs = performance.now();
  run();
  return performance.now() - startMs;
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
