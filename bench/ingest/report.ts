import { groupDigits } from '../../billing/money.js';
import { figuresTable } from '../../cli/figuresTable.js';
import type { IngestFigures } from './ingest.js';
import type { MachineShape } from './machine.js';

/** Events a second in batches: what must be reached, and what is the goal. */
export const REQUIRED_PER_SECOND = 10_000;
const GOAL_PER_SECOND = 30_000;

/** History events per 1,000 usage events of a busy customer: at most this. */
const HISTORY_MAX = 10;

/** The results as a table. */
export function ingestTable({ workloads }: IngestFigures): string {
  const head = ['workload', 'plan', 'events/s', 'slowest', 'fastest', 'p50', 'p95', 'p99 ms'];
  const rows = workloads.map(({ name, plan, median, slowest, fastest }) => [
    name,
    plan,
    groupDigits(median.eventsPerSecond),
    groupDigits(slowest),
    groupDigits(fastest),
    median.p50Ms.toFixed(1),
    median.p95Ms.toFixed(1),
    median.p99Ms.toFixed(1),
  ]);
  return figuresTable(head, 2, rows);
}

/** Where the time went: CPU of each process for one event. */
export function cpuTable({ workloads }: IngestFigures): string {
  const names = Object.keys(workloads[0]?.median.cpuMicrosPerEvent ?? {});
  const rows = workloads.map(({ name, median }) => [
    name,
    ...names.map((process) => median.cpuMicrosPerEvent[process]?.toFixed(1) ?? 'unknown'),
  ]);
  return figuresTable(['CPU us per event', ...names], 1, rows);
}

/** What the figures say, in sentences. */
export function ingestLines(figures: IngestFigures, machine: MachineShape): string[] {
  const { history, faults, workloads } = figures;
  const batches = workloads.filter(({ name }) => name.startsWith('batches'));
  const worst = Math.min(...batches.map(({ median }) => median.eventsPerSecond));
  const verdict = worst >= REQUIRED_PER_SECOND ? 'met' : 'MISSED';
  const goal = worst >= GOAL_PER_SECOND ? 'reached' : 'not reached';
  return [
    `${machine.cores} cores (load before: ${machine.loadBefore}), Node ${machine.node},` +
      ` ledger: ${machine.ledger}. Load, API, worker, Temporal and ledger share them.`,
    `In batches at least ${groupDigits(worst)} events/s:` +
      ` required ${groupDigits(REQUIRED_PER_SECOND)} ${verdict},` +
      ` goal ${groupDigits(GOAL_PER_SECOND)} ${goal}.`,
    `History of the busy customer: ${history.perThousandEvents} events per 1,000 usage events` +
      ` (at most ${HISTORY_MAX}), ${history.runs} runs; folded ${history.foldedAfterMs} ms after.`,
    ...faults.map((fault) => `WRONG: ${fault}`),
    faults.length === 0
      ? 'Every event counted once: all sums and counts are as sent.'
      : `${faults.length} sums or counts are wrong.`,
  ];
}
