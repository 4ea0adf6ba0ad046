import type { RoundResult } from './loadProcess.js';
import type { Workload } from './workload.js';

/** One measured round. */
export interface RoundFigures {
  readonly eventsPerSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** CPU time of each process for one event, microseconds. */
  readonly cpuMicrosPerEvent: Readonly<Record<string, number | null>>;
  /** Requests that had to be sent again. */
  readonly repeats: number;
}

/** A workload's rounds and their middle. */
export interface WorkloadFigures {
  readonly name: string;
  readonly plan: string;
  readonly events: number;
  readonly duplicates: number;
  readonly median: RoundFigures;
  readonly slowest: number;
  readonly fastest: number;
  readonly rounds: readonly RoundFigures[];
}

/** Value below which `percent` of all lie; the list is sorted and not empty. */
export function percentile(sorted: readonly number[], percent: number): number {
  const index = Math.ceil((sorted.length * percent) / 100) - 1;
  return sorted[Math.min(sorted.length - 1, Math.max(0, index))] ?? Number.NaN;
}

const rounded = (value: number): number => Math.round(value * 100) / 100;

/** Figures of one round; `cpuMs` by process. */
export function roundFigures(
  workload: Workload,
  result: RoundResult,
  cpuMs: Readonly<Record<string, number | null>>,
): RoundFigures {
  const micros = Object.entries(cpuMs).map(([name, ms]) => {
    return [name, ms === null ? null : rounded((ms * 1000) / workload.events)] as const;
  });
  return {
    eventsPerSecond: Math.round((workload.events * 1000) / result.elapsedMs),
    p50Ms: rounded(percentile(result.latenciesMs, 50)),
    p95Ms: rounded(percentile(result.latenciesMs, 95)),
    p99Ms: rounded(percentile(result.latenciesMs, 99)),
    cpuMicrosPerEvent: Object.fromEntries(micros),
    repeats: result.repeats,
  };
}

/** Puts rounds together: the median one by speed stands for all, slowest and fastest beside it. */
export function workloadFigures(
  workload: Workload,
  duplicates: number,
  rounds: readonly RoundFigures[],
): WorkloadFigures {
  const bySpeed = [...rounds].sort((one, other) => one.eventsPerSecond - other.eventsPerSecond);
  const median = bySpeed[Math.floor((bySpeed.length - 1) / 2)];
  const [slowest] = bySpeed;
  const fastest = bySpeed.at(-1);
  if (!median || !slowest || !fastest) throw new RangeError('there was no measured round');
  return {
    name: workload.name,
    plan: workload.plan,
    events: workload.events,
    duplicates,
    median,
    slowest: slowest.eventsPerSecond,
    fastest: fastest.eventsPerSecond,
    rounds,
  };
}
