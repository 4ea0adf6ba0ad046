import type { Quota } from './contestant.js';
import { percentile } from '../ingest/figures.js';

/** Clients that reserve and commit in a closed loop: the next pair when the last is done. */

/** What one run came to. */
export interface PairFigures {
  readonly clients: number;
  readonly pairs: number;
  readonly pairsPerSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** Units whose commit was acknowledged and that are not counted. */
  readonly lost: number;
  /** Units counted that nobody committed. */
  readonly twice: number;
  /** Pairs that ended in an error: nothing is known of them. */
  readonly failed: number;
}

/** Pairs after which a client that never had to wait lets others run. */
const BURST = 256;

/** Samples of latency kept: of very fast contestants every so manyth. */
const SAMPLES_MAX = 200_000;

/** Runs `clients` for `durationMs`; each pair takes and settles one unit. */
export async function runPairs(
  quota: Quota,
  clients: number,
  durationMs: number,
): Promise<PairFigures> {
  const latencies: number[] = [];
  let pairs = 0;
  let failed = 0;
  let every = 1;
  const startMs = performance.now();
  const endMs = startMs + durationMs;
  const client = async (): Promise<void> => {
    for (let burst = 1; performance.now() < endMs; burst += 1) {
      const beganMs = performance.now();
      const done = onePair(quota);
      if (done && !(await done)) {
        failed += 1;
        continue;
      }
      if (!done && burst % BURST === 0) await new Promise((resolve) => setImmediate(resolve));
      pairs += 1;
      if (pairs % every === 0) latencies.push(performance.now() - beganMs);
      if (latencies.length >= SAMPLES_MAX) every = thin(latencies, every);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const elapsedMs = performance.now() - startMs;
  const counted = await quota.counted();
  return {
    ...latencyFigures(latencies),
    clients,
    pairs,
    pairsPerSecond: Math.round((pairs * 1000) / elapsedMs),
    lost: Math.max(0, pairs - counted),
    twice: Math.max(0, counted - pairs - failed),
    failed,
  };
}

/** Null: done already. Else whether it was done; errors are the contestant's, and counted. */
function onePair(quota: Quota): Promise<boolean> | null {
  const given = quota.reserve(1);
  if (given instanceof Promise) {
    return given.then((grant) => settled(quota, grant)).catch(() => false);
  }
  const done = settled(quota, given);
  return done instanceof Promise ? done.catch(() => false) : null;
}

function settled(quota: Quota, grant: string | null): Promise<boolean> | true {
  if (grant === null) throw new Error('a quota without bound refused a unit');
  const done = quota.commit(grant, 1);
  return done ? done.then(() => true) : true;
}

/** Drops every other sample, and keeps half as many from then on. */
function thin(latencies: number[], every: number): number {
  const kept = latencies.filter((_, at) => at % 2 === 0);
  latencies.length = 0;
  for (const latency of kept) latencies.push(latency);
  return every * 2;
}

function latencyFigures(latencies: readonly number[]) {
  const sorted = [...latencies].sort((a, b) => a - b);
  const at = (percent: number) => Math.round(percentile(sorted, percent) * 10_000) / 10_000;
  return { p50Ms: at(50), p95Ms: at(95), p99Ms: at(99) };
}

/** Units that one ask was granted, and settled. */
async function granting(quota: Quota): Promise<number> {
  const grant = await quota.reserve(1);
  if (grant === null) return 0;
  await quota.commit(grant, 1);
  return 1;
}

/** What clients that want more than there is came to. */
export interface RaceFigures {
  readonly rounds: number;
  readonly asked: number;
  readonly cap: number;
  /** The most that one round granted. */
  readonly mostGranted: number;
  /** Units granted over the cap, all rounds together. */
  readonly overshoot: number;
}

/** 64 clients ask for four times the cap, unit by unit; each grant is settled at once. */
export async function race(
  open: (round: number, cap: number) => Promise<Quota>,
  rounds: number,
  cap = 1_000,
): Promise<RaceFigures> {
  const asked = 4 * cap;
  let mostGranted = 0;
  let overshoot = 0;
  for (let round = 0; round < rounds; round += 1) {
    const quota = await open(round, cap);
    let left = asked;
    let granted = 0;
    const client = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        const units = await granting(quota).catch(() => 0);
        granted += units;
      }
    };
    await Promise.all(Array.from({ length: 64 }, client));
    mostGranted = Math.max(mostGranted, granted);
    overshoot += Math.max(0, granted - cap);
  }
  return { rounds, asked, cap, mostGranted, overshoot };
}
