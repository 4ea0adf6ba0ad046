import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import Table from 'cli-table3';
import { lazyConnection } from '../../api/engine/connection.js';
import { groupDigits } from '../../billing/money.js';
import { PACKAGE_FOLDER } from '../../cli/tsxProgram.js';
import { DurabillApi } from '../../dev/demo/durabillApi.js';
import { startStack, type TestStack } from '../../test/stack.js';
import { billingWorkflowId } from '../../workflows/messages.js';
import { byClients } from '../../test/journeys/decisionApp.js';
import { cpuMsOf } from '../ingest/machine.js';

/** What customers cost that do nothing: memory of the worker, and how often it wakes. */

/** Customers that are made at once. */
const MAKERS = 32;

/** How long nothing is done. */
const IDLE_MS = 60_000;

/** The sweep looks at logs that were written in the last four minutes (activities/sweep.ts). */
const SETTLE_MS = 300_000;

/** Workflows whose histories are looked at. */
const SAMPLES = 100;

/** One look at the worker. */
export interface WorkerLook {
  readonly customers: number;
  readonly residentMib: number | null;
}

/** What the benchmark came to. */
export interface IdleFigures {
  readonly customers: number;
  readonly makeSeconds: number;
  readonly before: WorkerLook;
  readonly after: WorkerLook;
  readonly idleSeconds: number;
  /** CPU time of the worker while nothing was asked, ms. */
  readonly workerCpuMs: number | null;
  /** Events that the histories of some customers grew by meanwhile: 0, nobody was woken. */
  readonly historyGrowth: number;
  readonly sampled: number;
}

/** Resident memory of a process, MiB; null where it can't be read. */
function residentMib(pid: number | null): number | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const match = /^VmRSS:\s+(\d+) kB/m.exec(status);
    return match ? Math.round(Number(match[1]) / 1024) : null;
  } catch {
    return null;
  }
}

async function makeAll(stack: TestStack, customers: number): Promise<void> {
  const api = new DurabillApi({ url: stack.api, key: stack.key, patienceMs: 120_000 });
  const ids = Array.from({ length: customers }, (_, at) => `idle-${at}`);
  await byClients(ids, MAKERS, async (id) => {
    await api.call({ method: 'PUT', path: `/v1/customers/${id}`, body: { plan: 'cap' } });
  });
}

async function historyEvents(client: Client, customers: number): Promise<number> {
  let events = 0;
  for (let at = 0; at < SAMPLES; at += 1) {
    const customer = `idle-${Math.floor((at * customers) / SAMPLES)}`;
    const workflowId = billingWorkflowId({ mode: 'test', customer, life: 1 });
    const handle = client.workflow.getHandle(workflowId);
    events += (await handle.describe()).historyLength;
  }
  return events;
}

/** Makes `customers`, waits a minute, and looks. */
export async function measureIdle(
  customers: number,
  say: (line: string) => void,
): Promise<IdleFigures> {
  const catalogue = join(PACKAGE_FOLDER, 'bench/decisions/catalogue.json');
  const stack = await startStack({ environment: { DURABILL_CATALOGUE: catalogue } });
  const target = { address: stack.temporal, namespace: 'default', apiKey: null };
  const connection = lazyConnection(target);
  const client = new Client({ connection });
  try {
    const { worker } = stack.pids;
    const before = { customers: 0, residentMib: residentMib(worker) };
    const startMs = performance.now();
    await makeAll(stack, customers);
    const makeSeconds = Math.round((performance.now() - startMs) / 1000);
    say(`${customers} customers in ${makeSeconds} s`);
    // What their making left to do is done by then, the sweep's second look included.
    await sleep(SETTLE_MS);
    const eventsBefore = await historyEvents(client, customers);
    const cpuBefore = cpuMsOf(worker);
    await sleep(IDLE_MS);
    const cpuAfter = cpuMsOf(worker);
    const historyGrowth = (await historyEvents(client, customers)) - eventsBefore;
    return {
      customers,
      makeSeconds,
      before,
      after: { customers, residentMib: residentMib(worker) },
      idleSeconds: IDLE_MS / 1000,
      workerCpuMs: cpuBefore === null || cpuAfter === null ? null : cpuAfter - cpuBefore,
      historyGrowth,
      sampled: SAMPLES,
    };
  } finally {
    await connection.close();
    await stack.stop();
  }
}

/** The figures for people. */
export function idleTable(figures: IdleFigures): string {
  const { before, after, workerCpuMs, idleSeconds, historyGrowth, sampled } = figures;
  const table = new Table({ head: ['customers', 'worker, MiB', 'CPU', 'history events'] });
  table.push([0, before.residentMib ?? '-', '', '']);
  const cpu = `${workerCpuMs ?? '-'} ms in ${idleSeconds} s`;
  const grown = `${historyGrowth} more in ${sampled} workflows`;
  table.push([groupDigits(String(after.customers)), after.residentMib ?? '-', cpu, grown]);
  return table.toString();
}
