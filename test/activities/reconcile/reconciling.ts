import { Client, Connection } from '@temporalio/client';
import type { ReconcileDeps } from '../../../activities/reconcile/deps.js';
import { reconcileCustomer } from '../../../activities/reconcile/reconcile.js';
import type { Difference } from '../../../billing/reconcile/difference.js';
import type { CustomerState } from '../../../billing/state.js';
import type { Intent } from '../../../ledger/stores/contract.js';
import { DATA_CONVERTER } from '../../../workflows/payloadCodec.js';
import { startEngine, usage, type TestEngine } from '../../engine.js';

/** Customers with usage that Stripe was told, and hands that plant a difference. */

/** Start of every customer's first period: a month's last day. */
export const ANCHOR_MS = Date.UTC(2026, 0, 31, 10, 30);

const DAY_MS = 86_400_000;

/** Name of a customer's log. */
export const keyOf = (customer: string) => ({ mode: 'test' as const, customer, life: 1 });

/** An engine, and all that reconciliation stands on. */
export class Reconciling {
  private constructor(
    readonly engine: TestEngine,
    readonly deps: ReconcileDeps,
    readonly client: Client,
  ) {}

  static async start(): Promise<Reconciling> {
    const engine = await startEngine();
    const connection = await Connection.connect({ address: engine.temporalAddress });
    const client = new Client({ connection, dataConverter: DATA_CONVERTER });
    const { ledger } = engine;
    const stripe = { test: engine.stripe, live: null };
    return new Reconciling(engine, { ledger, stripe, client, now: Date.now }, client);
  }

  async stop(): Promise<void> {
    await this.client.connection.close();
    await this.engine.stop();
  }

  /** Reports count as settled at once: the sandbox's summaries lag by 150 ms only. */
  async reconcile(customer: string, repair = true): Promise<readonly Difference[]> {
    const options = { repair, settledMs: 0, lookAgainMs: 400 };
    return (await reconcileCustomer(this.deps, keyOf(customer), options)).differences;
  }

  /** Uses tokens an hour into the first period and lets Stripe be told of them. */
  async told(customer: string, quantities: readonly number[]): Promise<CustomerState> {
    let state = await this.engine.create(customer, 'pro@1', ANCHOR_MS);
    for (const [index, quantity] of quantities.entries()) {
      const atMs = ANCHOR_MS + (index + 1) * DAY_MS;
      const name = `${customer}-${index}`;
      // Stripe takes no report of the future.
      await this.passTo(customer, `before-${index}`, atMs + 60_000);
      await this.engine.use(customer, [usage(name, atMs, { input_tokens: quantity })]);
      await this.passTo(customer, `after-${index}`, atMs + DAY_MS / 2);
      const sum = quantities.slice(0, index + 1).reduce((all, one) => all + one, 0);
      const isTold = (s: CustomerState) => s.segments[0]?.reports['tokens']?.accepted === sum;
      state = await this.engine.until(customer, isTold);
    }
    await this.counted(state, quantities.reduce((all, one) => all + one, 0));
    return state;
  }

  async passTo(customer: string, id: string, toMs: number): Promise<void> {
    const clock = { type: 'clock', toMs, segment: null } as const;
    const number = await this.engine.command(customer, id, clock);
    await this.engine.until(customer, ({ clock: { reached } }) => reached >= number);
  }

  /** Waits until Stripe's summary of the first period shows this many units. */
  async counted(state: CustomerState, units: number): Promise<void> {
    const overMs = Date.now() + 20_000;
    while ((await this.summary(state)) !== units) {
      if (Date.now() > overMs) throw new Error(`${await this.summary(state)}, not ${units}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  private async summary({ stripe, segments }: CustomerState): Promise<number> {
    const [segment] = segments;
    const { data } = await this.engine.stripe.billing.meters.listEventSummaries(
      stripe?.meters['tokens'] ?? '',
      {
        customer: stripe?.customer ?? '',
        start_time: (segment?.startMs ?? 0) / 1000,
        end_time: (segment?.endMs ?? 0) / 1000,
      },
    );
    return data.reduce((sum, { aggregated_value: value }) => sum + value, 0);
  }

  intents(customer: string): Promise<readonly Intent[]> {
    return this.engine.ledger.intents.ofSegment(keyOf(customer), 0, 'tokens');
  }

  /** An event that nobody here has sent. */
  async extraEvent({ stripe }: CustomerState, units: number, atMs: number): Promise<void> {
    await this.engine.stripe.billing.meterEvents.create({
      event_name: 'durabill_tokens',
      identifier: `extra-${stripe?.customer}`,
      timestamp: atMs / 1000,
      payload: { stripe_customer_id: stripe?.customer ?? '', value: String(units) },
    });
  }

  /** A report that is stored as accepted and was never sent. */
  async plantIntent(state: CustomerState, value: number): Promise<Intent> {
    const { key, stripe } = state;
    const intent: Intent = {
      id: `dbl_${'0'.repeat(36)}${key.customer.slice(0, 4)}_1`,
      ...key,
      stripeCustomer: stripe?.customer ?? '',
      subscription: stripe?.subscription ?? '',
      segment: 0,
      meter: 'tokens',
      eventName: 'durabill_tokens',
      value,
      stampSeconds: ANCHOR_MS / 1000 + 60,
      state: 'accepted',
      storedAtMs: ANCHOR_MS,
      firstSentAtMs: null,
      replies5xx: 0,
      requestId: null,
      reason: null,
    };
    await this.engine.ledger.intents.insert(intent);
    return intent;
  }
}
