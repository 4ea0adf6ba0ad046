import { setTimeout as sleep } from 'node:timers/promises';
import type { StackProcess } from '../../cli/runningStack.js';
import { batchesOf } from '../../dev/demo/year.js';
import { percentile } from '../ingest/figures.js';
import { cpuMsOf } from '../ingest/machine.js';
import { historiesSince, type HistoryFigures } from './activities.js';
import { callsBetween, callsUntilNow, type CallCounts } from './calls.js';
import { allFaults, endPeriod, makeAll, type Closing } from './closings.js';
import { decisionTimes, makeDecider, type DecisionTimes } from './decisions.js';
import { paidTimes, type PaidTimes } from './paidWatch.js';
import type { Site } from './site.js';

/** Many customers whose period ends in the same minute. */

const CLOSE_MS_MAX = 1_800_000;
const BATCH = 1_000;
const SAMPLES = 20;

/** How long decisions are timed before the end of the period, to compare. */
const QUIET_MS = 5_000;

/** What webhooks still bring after the last payment is done by then. */
const SETTLE_MS = 5_000;

const PROCESSES: readonly StackProcess[] = ['api', 'worker', 'ledger', 'temporal', 'stripe'];

/** What the close of all of them came to. */
export interface CloseFigures {
  readonly customers: number;
  readonly prepareSeconds: number;
  /** From the end of the period until all had been told. */
  readonly toldSeconds: number;
  /** From the end of the period until the first, the middle and the last invoice was paid. */
  readonly paidSeconds: { readonly first: number; readonly middle: number; readonly last: number };
  readonly calls: CallCounts;
  readonly history: HistoryFigures;
  /** CPU of each process, ms a customer. */
  readonly cpuMsEach: Readonly<Record<string, number | null>>;
  readonly decisions: { readonly before: DecisionTimes; readonly meanwhile: DecisionTimes };
}

interface Timed {
  readonly toldMs: number;
  readonly times: PaidTimes;
  readonly decisions: DecisionTimes;
}

async function timedClose(site: Site, closings: readonly Closing[]): Promise<Timed> {
  const startMs = performance.now();
  let over = false;
  const asking = decisionTimes(site.api, () => over);
  const { mongodb: mongodbUri } = site.stack;
  const wanted = { mongodbUri, count: closings.length, limitMs: CLOSE_MS_MAX, say: site.say };
  try {
    const watching = paidTimes({ ...wanted, reason: 'cycle' });
    const [times, toldMs] = await Promise.all([
      watching,
      endPeriod(site, closings).then(() => performance.now() - startMs),
    ]);
    over = true;
    return { toldMs, times, decisions: await asking };
  } finally {
    over = true;
    await asking;
  }
}

const seconds = (ms: number): number => Math.round(ms / 100) / 10;

type CpuTimes = readonly (number | null)[];

function cpuOf({ stack }: Site): CpuTimes {
  return PROCESSES.map((name) => cpuMsOf(stack.pids[name]));
}

function cpuEach(before: CpuTimes, after: CpuTimes, count: number): CloseFigures['cpuMsEach'] {
  const each = PROCESSES.map((name, at) => {
    const [from, to] = [before[at] ?? null, after[at] ?? null];
    return [name, from === null || to === null ? null : Math.round((to - from) / count)] as const;
  });
  return Object.fromEntries(each);
}

async function quietDecisions({ api }: Site): Promise<DecisionTimes> {
  await makeDecider(api);
  const startMs = performance.now();
  return decisionTimes(api, () => performance.now() - startMs > QUIET_MS);
}

/** Makes so many customers, ends the period of all at one moment, and waits for the last. */
export async function measureClose(
  site: Site,
  count: number,
): Promise<{ readonly figures: CloseFigures; readonly faults: readonly string[] }> {
  site.say(`${count} customers whose period ends in the same minute`);
  const beganMs = performance.now();
  const closings = await makeAll(site, count);
  for (const events of batchesOf(closings.flatMap((closing) => closing.events), BATCH)) {
    await site.api.call({ method: 'POST', path: '/v1/events', body: { events } });
  }
  const before = await quietDecisions(site);
  const prepareSeconds = seconds(performance.now() - beganMs);
  const { stripe, temporal } = site.stack;
  const callsBefore = await callsUntilNow(stripe);
  const cpuBefore = cpuOf(site);
  const sinceMs = Date.now();
  const { times, toldMs, decisions: meanwhile } = await timedClose(site, closings);
  const cpuMsEach = cpuEach(cpuBefore, cpuOf(site), count);
  await sleep(SETTLE_MS);
  const calls = callsBetween(callsBefore, await callsUntilNow(stripe));
  const faults = await allFaults(site, closings);
  const sample = closings.slice(0, SAMPLES).map(({ id }) => id);
  const history = await historiesSince(temporal, sample, sinceMs);
  const at = (percent: number): number => seconds(percentile(times, percent));
  const paidSeconds = { first: seconds(times[0] ?? Number.NaN), middle: at(50), last: at(100) };
  const toldSeconds = seconds(toldMs);
  const figures = { customers: count, prepareSeconds, toldSeconds, paidSeconds, cpuMsEach };
  return { figures: { ...figures, calls, history, decisions: { before, meanwhile } }, faults };
}
