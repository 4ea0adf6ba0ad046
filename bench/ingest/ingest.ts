import { setTimeout as sleep } from 'node:timers/promises';
import { groupDigits } from '../../billing/money.js';
import type { RunningStack, StackProcess } from '../../cli/runningStack.js';
import { DurabillApi } from '../../dev/demo/durabillApi.js';
import { batchesOf } from '../../dev/demo/year.js';
import { startStack, type TestStack } from '../../test/stack.js';
import { recordedUse, useDifferences } from './check.js';
import {
  roundFigures,
  workloadFigures,
  type RoundFigures,
  type WorkloadFigures,
} from './figures.js';
import { historyOf, type HistoryGrowth } from './history.js';
import { startLoader, type Loader } from './loader.js';
import { cpuMsOf } from './machine.js';
import {
  addUse,
  eventsOf,
  expectedUse,
  NO_USE,
  type CustomerUse,
  type ExpectedUse,
  type Workload,
} from './workload.js';

/** Longest time for one round. */
const ROUND_MS_MAX = 120_000;

/** Customers that are made at once. */
const MAKERS = 16;

/** Between rounds the workflows fold what came last; that belongs to no round. */
const REST_MS = 1_000;

const PROCESSES: readonly StackProcess[] = ['api', 'worker', 'ledger', 'temporal'];

/** What the benchmark came to. */
export interface IngestFigures {
  readonly workloads: readonly WorkloadFigures[];
  readonly history: HistoryGrowth & { readonly perThousandEvents: number };
  /** Every sum or count that is wrong; empty: nothing lost, nothing twice. */
  readonly faults: readonly string[];
}

/** Where the benchmark runs. */
interface Site {
  readonly stack: RunningStack;
  readonly api: DurabillApi;
  readonly loader: Loader;
  say(line: string): void;
}

async function makeCustomers(api: DurabillApi, workload: Workload): Promise<void> {
  const { customers, customerName } = workload;
  const ids = Array.from({ length: customers }, (_, at) => `${customerName}-${at}`);
  for (const some of batchesOf(ids, MAKERS)) {
    const body = { plan: workload.plan };
    await Promise.all(
      some.map((id) => api.call({ method: 'PUT', path: `/v1/customers/${id}`, body })),
    );
  }
}

function cpuOf(stack: RunningStack): Record<string, number | null> {
  return Object.fromEntries(PROCESSES.map((name) => [name, cpuMsOf(stack.pids[name])]));
}

function cpuSince(
  before: Readonly<Record<string, number | null>>,
  after: Readonly<Record<string, number | null>>,
): Record<string, number | null> {
  const spent = Object.entries(after).map(([name, ms]) => {
    const earlier = before[name] ?? null;
    return [name, ms === null || earlier === null ? null : ms - earlier] as const;
  });
  return Object.fromEntries(spent);
}

/** One round: sent, timed, and its answers counted against what must come back. */
async function runRound(
  { stack, loader }: Site,
  workload: Workload,
  round: string,
): Promise<{
  readonly figures: RoundFigures;
  readonly expected: ExpectedUse;
  readonly faults: readonly string[];
}> {
  const order = { workload, round, startMs: Date.now(), limitMs: ROUND_MS_MAX };
  const expected = expectedUse(eventsOf(workload, round, order.startMs));
  const cpuBefore = cpuOf(stack);
  const result = await loader.run({ ...order, url: stack.api, key: stack.key });
  const cpu = { ...cpuSince(cpuBefore, cpuOf(stack)), load: result.cpuMs };
  const { recorded = 0, duplicate = 0 } = result.statuses;
  // A request that had to be repeated may find its own events: then only the sum is certain.
  const asSent = result.repeats > 0 || recorded === expected.recorded;
  const good = asSent && recorded + duplicate === workload.events;
  return {
    figures: roundFigures(workload, result, cpu),
    expected,
    faults: good ? [] : [`${workload.name}, ${round}: ${JSON.stringify(result.statuses)}`],
  };
}

/** A warm-up and the measured rounds of one workload; then everything is counted again. */
async function runWorkload(
  site: Site,
  workload: Workload,
  rounds: number,
): Promise<{ readonly figures: WorkloadFigures; readonly faults: readonly string[] }> {
  site.say(`${workload.name} (plan ${workload.plan})`);
  await makeCustomers(site.api, workload);
  const fromMs = Date.now() - 60_000;
  const measured: RoundFigures[] = [];
  const faults: string[] = [];
  let sent: Readonly<Record<string, CustomerUse>> = {};
  let duplicates = 0;
  for (let number = 0; number <= rounds; number += 1) {
    const run = await runRound(site, workload, `round-${number}`);
    faults.push(...run.faults);
    sent = merged(sent, run.expected.customers);
    duplicates = run.expected.duplicate;
    if (number > 0) measured.push(run.figures);
    const speed = groupDigits(run.figures.eventsPerSecond);
    site.say(`  ${number === 0 ? 'warm-up' : `round ${number}`}: ${speed} events/s`);
    await sleep(REST_MS);
  }
  const stands = await recordedUse(site.api, fromMs, Date.now() + ROUND_MS_MAX);
  const own = Object.entries(stands).filter(([id]) => id.startsWith(`${workload.customerName}-`));
  faults.push(...useDifferences(sent, Object.fromEntries(own)));
  return { figures: workloadFigures(workload, duplicates, measured), faults };
}

function merged(
  one: Readonly<Record<string, CustomerUse>>,
  other: Readonly<Record<string, CustomerUse>>,
): Record<string, CustomerUse> {
  const sums = Object.entries(other).map(([id, use]) => [id, addUse(one[id] ?? NO_USE, use)]);
  return { ...one, ...(Object.fromEntries(sums) as Record<string, CustomerUse>) };
}

/** Runs all workloads on a fresh embedded stack, which is stopped and removed afterwards. */
export async function measureIngest(
  workloads: readonly Workload[],
  options: {
    readonly rounds: number;
    readonly catalogueFile: string;
    say(line: string): void;
  },
): Promise<IngestFigures> {
  const { rounds, catalogueFile } = options;
  const environment = { DURABILL_CATALOGUE: catalogueFile, DURABILL_DEFAULT_PLAN: '' };
  const stack: TestStack = await startStack({ environment });
  const loader = startLoader();
  try {
    const api = new DurabillApi({ url: stack.api, key: stack.key, patienceMs: 30_000 });
    const site: Site = { stack, api, loader, say: (line) => options.say(line) };
    const figures: WorkloadFigures[] = [];
    const faults: string[] = [];
    let history: IngestFigures['history'] | undefined;
    for (const workload of workloads) {
      const run = await runWorkload(site, workload, rounds);
      figures.push(run.figures);
      faults.push(...run.faults);
      history ??= await growthOf(stack, workload, run.figures, rounds);
    }
    if (!history) throw new RangeError('there was no workload');
    return { workloads: figures, history, faults };
  } finally {
    await loader.stop();
    await stack.stop();
  }
}

async function growthOf(
  stack: RunningStack,
  workload: Workload,
  { events: sent, duplicates }: WorkloadFigures,
  rounds: number,
): Promise<IngestFigures['history']> {
  const growth = await historyOf(stack, `${workload.customerName}-0`);
  const events = (sent - duplicates) * (rounds + 1);
  const perThousandEvents = Math.round((growth.historyEvents * 100_000) / events) / 100;
  return { ...growth, perThousandEvents };
}
