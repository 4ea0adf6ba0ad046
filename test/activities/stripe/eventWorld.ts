import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WorkflowClient } from '../../../activities/customerWorkflow.js';
import { stripeClient } from '../../../activities/stripe/client.js';
import { createEventActivities } from '../../../activities/stripe/eventWork.js';
import type { EventActivities } from '../../../activities/sweepContract.js';
import type { DueAlert } from '../../../billing/alerts/alert.js';
import type { Ledger } from '../../../ledger/contract.js';
import type { Intent } from '../../../ledger/stores/contract.js';
import type { InboxRow } from '../../../ledger/stores/inboxStore.js';
import type { StripeNews } from '../../../workflows/messages.js';

/** The work on events over stores in memory and a Stripe that answers what a test wrote down. */

/** Real time of these tests, ms. */
export const NOW_MS = 1_800_000_000_000;

/** A report as it stands after Stripe took it. */
export function intent(id: string, change: Partial<Intent> = {}): Intent {
  return {
    id,
    mode: 'test',
    customer: 'acme',
    life: 1,
    stripeCustomer: 'cus_acme',
    subscription: 'sub_1',
    segment: 3,
    meter: 'tokens',
    eventName: 'durabill_tokens',
    value: 500,
    stampSeconds: 1_799_999_940,
    state: 'accepted',
    storedAtMs: NOW_MS - 60_000,
    firstSentAtMs: NOW_MS - 60_000,
    replies5xx: 0,
    requestId: 'req_1',
    reason: null,
    ...change,
  };
}

/** One world. */
export class EventWorld {
  nowMs = NOW_MS;
  readonly rows = new Map<string, InboxRow>();
  readonly intents = new Map<string, Intent>();
  /** Answers by path without its query; a number is a status. */
  readonly answers = new Map<string, unknown>();
  /** What Stripe was asked, path and query. */
  readonly asked: string[] = [];
  readonly told: { readonly workflow: string; readonly news: StripeNews }[] = [];
  readonly alerts: { readonly customer: string; readonly alert: DueAlert }[] = [];
  /** Lives of our customers by id. */
  readonly lives = new Map([['acme', 1]]);
  signalFails = false;
  private acts: EventActivities | null = null;
  private readonly server: Server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? '', 'http://stub');
    this.asked.push(`${pathname}${search}`);
    const answer = this.answers.get(pathname) ?? 404;
    const status = typeof answer === 'number' ? answer : 200;
    const error = { error: { type: 'invalid_request_error', message: `status ${status}` } };
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(status === 200 ? answer : error));
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const { port } = this.server.address() as AddressInfo;
    const apiBase = `http://127.0.0.1:${port}`;
    this.acts = createEventActivities({
      ledger: this.ledger(),
      stripe: { test: stripeClient({ secretKey: 'sk_test_1', apiBase }), live: null },
      client: this.client(),
      raiseAlerts: ({ key, alerts }) => {
        this.alerts.push(...alerts.map((alert) => ({ customer: key.customer, alert })));
        return Promise.resolve();
      },
      now: () => this.nowMs,
    });
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Receives an event and works on it; answers how its row ends. */
  async work(lookup: InboxRow['lookup'], change: Partial<InboxRow> = {}): Promise<string> {
    const base = { id: 'evt_1', mode: 'test', type: 'x', stripeCustomer: null } as const;
    const row: InboxRow = { ...base, lookup, state: 'received', receivedAtMs: NOW_MS, ...change };
    this.rows.set(row.id, row);
    return this.again(row.id);
  }

  async again(id = 'evt_1'): Promise<string> {
    await this.acts?.workOnEvent(id);
    const { state, reason = '' } = this.rows.get(id) as InboxRow;
    return `${state} ${reason}`;
  }

  private ledger(): Ledger {
    const customerOf = (customer: string) => {
      const life = this.lives.get(customer);
      return life === undefined ? null : { key: { mode: 'test', customer, life } };
    };
    const all = () => [...this.intents.values()];
    return {
      inbox: {
        find: (id: string) => Promise.resolve(this.rows.get(id) ?? null),
        settle: (id: string, state: InboxRow['state'], reason?: string) => {
          const row = this.rows.get(id) as InboxRow;
          this.rows.set(id, { ...row, state, ...(reason === undefined ? {} : { reason }) });
          return Promise.resolve();
        },
      },
      customers: {
        find: (_mode: string, id: string) => Promise.resolve(customerOf(id)),
        findByStripe: (_mode: string, id: string) =>
          Promise.resolve(customerOf(id.replace('cus_', ''))),
      },
      intents: {
        named: (mode: string, ids: readonly string[]) =>
          Promise.resolve(all().filter((one) => one.mode === mode && ids.includes(one.id))),
        sentWithin: (mode: string, event: string, from: number, to: number, limit: number) => {
          const sent = (one: Intent) => one.firstSentAtMs ?? -1;
          const found = all().filter((one) => one.mode === mode && one.eventName === event);
          const within = found.filter((one) => sent(one) >= from && sent(one) < to);
          return Promise.resolve(within.sort((a, b) => sent(b) - sent(a)).slice(0, limit));
        },
        update: (id: string, change: Partial<Intent>) => {
          this.intents.set(id, { ...(this.intents.get(id) as Intent), ...change });
          return Promise.resolve();
        },
      },
    } as unknown as Ledger;
  }

  private client(): WorkflowClient {
    const signalWithStart = (
      _type: string,
      { workflowId, signalArgs: [news] }: { workflowId: string; signalArgs: [StripeNews] },
    ) => {
      if (this.signalFails) return Promise.reject(new Error('Temporal is away'));
      this.told.push({ workflow: workflowId, news });
      return Promise.resolve({});
    };
    return { workflow: { signalWithStart } } as unknown as WorkflowClient;
  }
}
