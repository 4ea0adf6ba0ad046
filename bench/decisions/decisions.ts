import { cpuMsOf } from '../ingest/machine.js';
import type { Contestant, Start } from './contestant.js';
import { startLocal } from './localContestant.js';
import { race, runPairs, type PairFigures, type RaceFigures } from './load.js';
import { startLua } from './luaContestant.js';
import { startOurs } from './ourContestant.js';
import { startTutorial } from './tutorialContestant.js';
import { startUpdates } from './updateContestant.js';

/** Reserve and commit side by side: all contestants, one after the other, in one run. */

const CLIENTS = [1, 16, 64, 256];

/** A cap that no run meets. */
const WIDE = 1_000_000_000_000;

/**
 * One caller alone hands out a lease of its own: there is nobody to race. Single Updates above
 * the server's ten in flight would race for many minutes.
 */
const UNRACED = ['durabill-local', 'temporal-update'];

/** One measured run; CPU of all processes, microseconds a pair. */
export type RunFigures = PairFigures & { readonly cpuMicros: number | null };

/** What one contestant came to. */
export interface ContestantFigures {
  readonly name: string;
  readonly what: string;
  /** The median run by speed for each number of clients. */
  readonly runs: readonly RunFigures[];
  readonly race: RaceFigures | null;
}

/** What the benchmark came to. */
export interface DecisionFigures {
  readonly contestants: readonly ContestantFigures[];
  readonly absent: readonly { readonly name: string; readonly reason: string }[];
}

/** How long and how often. */
export interface DecisionOrder {
  /** Measured runs of each number of clients, after a warm-up. */
  readonly rounds: number;
  readonly durationMs: number;
  readonly raceRounds: number;
  say(line: string): void;
}

const STARTS: Readonly<Record<string, Start>> = {
  'redis-lua': startLua,
  'redis-tutorial': startTutorial,
  'temporal-update': startUpdates,
  'durabill-exact': () => startOurs('exact'),
  'durabill-fast': () => startOurs('fast'),
  'durabill-local': startLocal,
};

function cpuMs({ pids }: Contestant): number {
  const own = process.cpuUsage();
  const others = pids().reduce<number>((sum, pid) => sum + (cpuMsOf(pid) ?? 0), 0);
  return (own.user + own.system) / 1000 + others;
}

async function measured(
  contestant: Contestant,
  clients: number,
  order: DecisionOrder,
): Promise<RunFigures> {
  const runs: RunFigures[] = [];
  for (let round = 0; round <= order.rounds; round += 1) {
    const quota = await contestant.quota(`pairs-${clients}-${round}`, WIDE);
    const beforeMs = cpuMs(contestant);
    const figures = await runPairs(quota, clients, order.durationMs);
    const cpuMicros = Math.round(((cpuMs(contestant) - beforeMs) * 1000) / figures.pairs);
    order.say(`${contestant.name}, ${clients} clients: ${figures.pairsPerSecond} pairs/s`);
    // The first is the warm-up.
    if (round > 0) runs.push({ ...figures, cpuMicros });
  }
  const sorted = runs.toSorted((a, b) => a.pairsPerSecond - b.pairsPerSecond);
  const median = sorted[Math.floor((sorted.length - 1) / 2)];
  if (!median) throw new RangeError('there was no measured run');
  const sum = (of: 'lost' | 'twice') => runs.reduce((all, run) => all + run[of], 0);
  return { ...median, lost: sum('lost'), twice: sum('twice') };
}

async function figuresOf(contestant: Contestant, order: DecisionOrder): Promise<ContestantFigures> {
  const { name, what } = contestant;
  const runs: RunFigures[] = [];
  for (const clients of CLIENTS) runs.push(await measured(contestant, clients, order));
  const open = (round: number, cap: number) => contestant.quota(`race-${round}`, cap);
  const raced = UNRACED.includes(name) ? null : await race(open, order.raceRounds);
  return { name, what, runs, race: raced };
}

/** Runs all contestants, or those that are named. */
export async function measureDecisions(
  order: DecisionOrder,
  names: readonly string[] = Object.keys(STARTS),
): Promise<DecisionFigures> {
  const contestants: ContestantFigures[] = [];
  const absent: { readonly name: string; readonly reason: string }[] = [];
  for (const name of names) {
    const start = STARTS[name];
    if (!start) throw new RangeError(`there is no contestant ${name}`);
    const started = await start();
    if ('absent' in started) {
      absent.push({ name, reason: started.absent });
      continue;
    }
    try {
      contestants.push(await figuresOf(started, order));
    } finally {
      await started.stop();
    }
  }
  return { contestants, absent };
}

/** Everything of ours that is wrong; of others it is shown, and is why they are compared. */
export function decisionFaults({ contestants }: DecisionFigures): string[] {
  return contestants
    .filter(({ name }) => name.startsWith('durabill'))
    .flatMap(({ name, runs, race: raced }) => [
      ...runs
        .filter(({ lost, twice }) => lost + twice > 0)
        .map(({ clients, lost, twice }) => `${name}, ${clients}: ${lost} lost, ${twice} twice`),
      ...(raced && raced.overshoot > 0 ? [`${name}: ${raced.overshoot} over the cap`] : []),
    ]);
}
