import { join } from 'node:path';
import { Account, type EventType } from './account.js';
import { Timekeeper } from './cycle/timekeeper.js';
import { Exchange, type RawRequest } from './http/exchange.js';
import { FaultPanel } from './http/faults.js';
import { listen } from './http/server.js';
import { MeterErrorReports } from './meterErrorReports.js';
import { type MeterTotal, Panel, applySwitches, emitForeign, meterTotals } from './panel.js';
import { Journal } from './state/journal.js';
import type { Change } from './state/store.js';
import type { Switches } from './switches.js';
import { type WebhookEndpoint, WebhookSender } from './webhooks.js';

const EVENTS_KEPT_MAX = 20_000;

/** How to start a sandbox. */
export interface SandboxOptions {
  /** 0 (default) takes a free port. */
  readonly port?: number;
  /** State is kept in DIRECTORY/stripe; absent: in memory only. */
  readonly directory?: string | null;
  /** The only key accepted; absent: every test key. */
  readonly secretKey?: string | null;
  readonly webhook?: WebhookEndpoint | null;
  /** Where thin events go; absent: to `webhook`, too. */
  readonly thinWebhook?: WebhookEndpoint | null;
  readonly switches?: Partial<Switches>;
  /** Real time, ms; for tests. */
  readonly nowMs?: () => number;
}

/** What a test can do from inside the process. */
export interface SandboxControls {
  readonly switch: (change: Partial<Switches>) => void;
  readonly fault: FaultPanel['add'];
  readonly clearFaults: () => void;
  readonly setWebhook: WebhookSender['setEndpoint'];
  readonly meterTotals: () => MeterTotal[];
  /** Sends an event of a kind that the sandbox has no objects for, such as a dispute. */
  readonly emit: (type: EventType, object: object) => void;
  /** Number of events that wait to be delivered. */
  readonly undelivered: () => number;
}

/** A running sandbox. */
export interface Sandbox {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly stop: () => Promise<void>;
  readonly controls: SandboxControls;
}

/** Starts a Stripe sandbox on the loopback address. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const account = new Account(options.nowMs ?? Date.now);
  const faults = new FaultPanel();
  const sender = new WebhookSender(account, faults);
  const journal = options.directory
    ? new Journal(join(options.directory, 'stripe'), account.store)
    : null;
  const positions = account.store.get('switches', 'switches')?.positions;
  const exchange = new Exchange(account, faults, options.secretKey ?? null);
  const panel = new Panel(account, faults, exchange.calls);
  const server = await listen(options.port ?? 0, async (request: RawRequest) =>
    /^\/_sandbox(\/|$)/.test(request.path) ? panel.answer(request) : exchange.answer(request),
  );
  account.url = server.url;
  const committed = (changes: readonly Change[]) => journal?.append(changes);
  account.onCommit = committed;
  applySwitches(account, { ...positions, ...options.switches });
  exchange.keys.prune();
  pruneEvents(account);
  const timekeeper = new Timekeeper(account);
  const reports = new MeterErrorReports(account);
  account.onCommit = (changes) => {
    committed(changes);
    if (changes.some(([kind]) => kind === 'delivery')) setImmediate(() => sender.wake());
    if (changes.some(([kind]) => kind === 'testClock')) timekeeper.wake();
    if (changes.some(([kind]) => kind === 'meterFault')) reports.wake();
  };
  sender.setEndpoint(options.webhook ?? null, options.thinWebhook);
  const stop = async () => {
    timekeeper.stop();
    reports.stop();
    sender.stop();
    await server.close();
    journal?.close();
  };
  return { url: server.url, stop, controls: controlsOf(account, faults, sender) };
}

function controlsOf(account: Account, faults: FaultPanel, sender: WebhookSender): SandboxControls {
  return {
    switch: (change) => applySwitches(account, change),
    fault: (fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
    setWebhook: (endpoint, thin) => sender.setEndpoint(endpoint, thin),
    meterTotals: () => meterTotals(account),
    emit: (type, object) => emitForeign(account, type, object),
    undelivered: () => account.store.all('delivery').length,
  };
}

function pruneEvents(account: Account): void {
  const events = account.store.all('event');
  account.transact(() => {
    for (const event of events.slice(0, Math.max(0, events.length - EVENTS_KEPT_MAX))) {
      if (!account.store.get('delivery', event.id)) account.store.remove('event', event.id);
    }
  });
}
