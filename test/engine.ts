import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import type Stripe from 'stripe';
import { stripeClients } from '../activities/stripe/client.js';
import { publishAtStripe } from '../activities/stripe/publish.js';
import type { PublishedCatalogue } from '../billing/catalogue.js';
import { isClockReached, isSettled } from '../billing/customer/reads/row.js';
import type { HoldAsk } from '../billing/holds/asks.js';
import type { CustomerKey, UsageEntry } from '../billing/log.js';
import type { Command } from '../billing/command.js';
import type { CustomerState } from '../billing/state.js';
import { lazyConnection } from '../api/engine/connection.js';
import { TemporalEngine } from '../api/engine/temporalEngine.js';
import { loadCatalogueFile } from '../catalogue/load.js';
import { tsxProgram } from '../cli/tsxProgram.js';
import { spawnWatched, type WatchedChild } from '../dev/servers/childProcess.js';
import { readServerSettings } from '../dev/servers/settings.js';
import { startSandbox, type SandboxControls } from '../dev/stripe/sandbox.js';
import type { Ledger } from '../ledger/contract.js';
import { openLedger } from '../ledger/open.js';
import {
  BILLING_TASK_QUEUE,
  billingWorkflowId,
  CUSTOMER_WORKFLOW,
  standingQuery,
  usageRecordedSignal,
  type CustomerInput,
  type DecideReply,
} from '../workflows/messages.js';
import { DATA_CONVERTER } from '../workflows/payloadCodec.js';
import { startServers } from './stack.js';

/** Servers, sandbox and a worker without the API: the engine alone, driven through its log. */

const STRIPE_KEY = 'sk_test_engine';
const LIMIT_MS = 60_000;

/** What differs from the usual engine. */
export interface EngineOptions {
  readonly historyLengthMax?: number;
  /** More of the worker's environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A running engine and the ways a test moves it. */
export interface TestEngine {
  /** HOST:PORT. */
  readonly temporalAddress: string;
  readonly ledger: Ledger;
  readonly stripe: Stripe;
  readonly sandbox: SandboxControls;
  /** Base URL of the sandbox. */
  readonly stripeAddress: string;
  readonly mongodbUri: string;
  readonly published: PublishedCatalogue;
  /** Writes a command and tells the workflow; answers its number in the log. */
  command(customer: string, id: string, command: Command): Promise<number>;
  /** Makes a customer on `pro@1` or so and waits until it can be used. */
  create(customer: string, plan: string, anchorMs: number): Promise<CustomerState>;
  use(customer: string, entries: readonly UsageEntry[]): Promise<void>;
  /** Moves the clock past the open period until its invoice is done. */
  periodEnd(customer: string, id: string): Promise<CustomerState>;
  state(customer: string): Promise<CustomerState>;
  until(customer: string, seen: (state: CustomerState) => boolean): Promise<CustomerState>;
  handle(customer: string): WorkflowHandle;
  /** Asks for holds in one Update; a refusal by the validator is answered like any other. */
  decide(customer: string, asks: readonly HoldAsk[], updateId?: string): Promise<DecideReply>;
  killWorker(): Promise<void>;
  startWorker(): void;
  stop(): Promise<void>;
}

/** A usage entry as the API would write it. */
export function usage(id: string, atMs: number, quantities: Record<string, number>): UsageEntry {
  const hash = createHash('sha256').update(`${id}${atMs}${JSON.stringify(quantities)}`);
  return { kind: 'usage', id, quantities, atMs, hash: hash.digest('hex') };
}

const keyOf = (customer: string): CustomerKey => ({ mode: 'test', customer, life: 1 });

/** Starts everything; `historyLengthMax` makes runs continue as new early. */
export async function startEngine(options: EngineOptions = {}): Promise<TestEngine> {
  const servers = await startServers();
  const sandbox = await startSandbox({});
  const ledger = await openLedger({ uri: servers.mongodbUri });
  const stripe = stripeClients(STRIPE_KEY, sandbox.url).test as Stripe;
  const published = await publish(ledger, stripe);
  const connection = await Connection.connect({ address: servers.temporalAddress });
  const client = new Client({ connection, dataConverter: DATA_CONVERTER });
  let worker: WatchedChild | null = null;
  const startWorker = () => {
    worker = spawnWorker({
      ...options.environment,
      TEMPORAL_ADDRESS: servers.temporalAddress,
      MONGODB_URI: servers.mongodbUri,
      STRIPE_API_BASE: sandbox.url,
    });
  };
  const killWorker = async () => {
    worker?.process.kill('SIGKILL');
    await worker?.ended;
  };
  startWorker();
  const parts = { ledger, client, published, historyLengthMax: options.historyLengthMax };
  const target = { address: servers.temporalAddress, namespace: 'default', apiKey: null };
  const engine = new TemporalEngine(lazyConnection(target), 'default');
  return {
    temporalAddress: servers.temporalAddress,
    ledger,
    stripe,
    sandbox: sandbox.controls,
    stripeAddress: sandbox.url,
    mongodbUri: servers.mongodbUri,
    published,
    ...driver(parts),
    decide: (customer, asks, updateId = randomUUID()) =>
      engine.decide(keyOf(customer), { asks }, updateId),
    killWorker,
    startWorker,
    async stop() {
      await engine.close();
      await worker?.stop();
      await connection.close();
      await ledger.close();
      await sandbox.stop();
      await servers.stop();
    },
  };
}

async function publish(ledger: Ledger, stripe: Stripe): Promise<PublishedCatalogue> {
  const loaded = await loadCatalogueFile('durabill.catalogue.json');
  if ('faults' in loaded) throw new Error(JSON.stringify(loaded.faults));
  const published = await ledger.catalogues.publish('test', loaded.catalogue);
  await publishAtStripe(stripe, ledger.ensures, published);
  return published;
}

function spawnWorker(environment: Readonly<Record<string, string>>): WatchedChild {
  const program = tsxProgram('worker/main.ts');
  return spawnWatched(program.command, program.args, {
    env: {
      ...readServerSettings().environment,
      STRIPE_SECRET_KEY: STRIPE_KEY,
      LOG_LEVEL: 'error',
      ...environment,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

interface Parts {
  readonly ledger: Ledger;
  readonly client: Client;
  readonly published: PublishedCatalogue;
  readonly historyLengthMax: number | undefined;
}

function driver({ ledger, client, published, historyLengthMax }: Parts) {
  const handle = (customer: string) =>
    client.workflow.getHandle(billingWorkflowId(keyOf(customer)));
  const tell = (customer: string, head: number) => {
    const input: CustomerInput = { key: keyOf(customer), historyLengthMax };
    return client.workflow.signalWithStart(CUSTOMER_WORKFLOW, {
      workflowId: billingWorkflowId(keyOf(customer)),
      taskQueue: BILLING_TASK_QUEUE,
      args: [input],
      signal: usageRecordedSignal,
      signalArgs: [{ ranges: [], sums: [], catalogue: 0, head }],
    });
  };
  const state = (customer: string) => handle(customer).query(standingQuery);
  const until = (customer: string, seen: (known: CustomerState) => boolean) =>
    untilSeen(() => state(customer), seen);
  const command = async (customer: string, id: string, asked: Command) => {
    const hash = createHash('sha256').update(JSON.stringify(asked)).digest('hex');
    const entry = { kind: 'command' as const, id: `command/${id}`, command: asked, hash };
    const [outcome] = await ledger.writer.append(keyOf(customer), [entry]);
    if (!outcome || outcome.status === 'fenced') throw new Error(`${id} was not written`);
    await tell(customer, outcome.number);
    return outcome.number;
  };
  return {
    handle,
    state,
    until,
    command,
    async create(customer: string, plan: string, anchorMs: number) {
      const asked = { plan: published.snapshots[plan], details: {}, atMs: Date.now(), anchorMs };
      const number = await command(customer, 'first', { type: 'customer', ...asked });
      return until(customer, (s) => s.status !== 'starting' && isSettled(s, number));
    },
    async use(customer: string, entries: readonly UsageEntry[]) {
      await ledger.writer.append(keyOf(customer), entries);
      await tell(customer, await ledger.log.head(keyOf(customer)));
    },
    async periodEnd(customer: string, id: string) {
      const open = (await state(customer)).segments.at(-1);
      if (!open) throw new Error(`${customer} has no period`);
      const { endMs, index } = open;
      const number = await command(customer, id, { type: 'clock', toMs: endMs, segment: index });
      return until(customer, (s) => isClockReached(s, number));
    },
  };
}

/** Polls a customer's state; a worker that is away answers later. */
async function untilSeen(
  read: () => Promise<CustomerState>,
  seen: (state: CustomerState) => boolean,
): Promise<CustomerState> {
  const overMs = Date.now() + LIMIT_MS;
  let last: unknown = null;
  while (Date.now() < overMs) {
    try {
      const state = await read();
      if (seen(state)) return state;
      last = state;
    } catch (error) {
      last = String(error);
    }
    await wait(30);
  }
  throw new Error(`not seen within ${LIMIT_MS} ms: ${JSON.stringify(last)}`);
}
