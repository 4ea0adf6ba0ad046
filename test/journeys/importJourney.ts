import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripeClient } from '../../activities/stripe/client.js';
import type { InvoiceLine } from '../../billing/invoice.js';
import { dealCalls, type DealtCall } from '../../dev/demo/dealing.js';
import { DurabillApi, type ApiRequest } from '../../dev/demo/durabillApi.js';
import { settledInvoices } from '../../dev/demo/facts.js';
import { importMonth, openCustomer } from '../../dev/demo/importing.js';
import { parseTrace } from '../../dev/demo/trace.js';
import { loadSecrets } from '../../dev/stack/secrets.js';
import { monthsOf, type DemoMonth } from '../../dev/demo/year.js';
import { startStack, type TestStack } from '../stack.js';

/** The demo's import, small: one paying customer, three months of its busiest ones. */

const TRACE = join(__dirname, '../../dev/demo/data/azure-llm-trace-code-2023.csv');
const MONTHS = 3;
const CUSTOMER = 'demo-heavy';

/** How long the undisturbed part of an import may wait for a process that is being restarted. */
const PATIENCE_MS = 60_000;

/** What must be the same, whatever was killed: everything but ids and times of doing. */
export interface Bill {
  readonly invoices: readonly {
    readonly reason: string;
    readonly status: string;
    readonly period: { readonly start: string; readonly end: string };
    readonly lines: readonly InvoiceLine[];
    readonly subtotalMinor: number;
    readonly totalMinor: number;
  }[];
  /** Subtotal, total and status of everything that Stripe has, smallest first. */
  readonly atStripe: readonly string[];
}

function journeyMonths(prefix: string): DemoMonth[] {
  const dealt = dealCalls(parseTrace(readFileSync(TRACE, 'utf8')));
  const last = 12 - MONTHS;
  const busy = dealt
    .filter(({ month }) => month >= last)
    .map((one): DealtCall => ({ ...one, month: one.month - last }));
  return monthsOf(CUSTOMER, busy, prefix).slice(0, MONTHS);
}

/** A client that tells of each request as it goes out. */
class WatchedApi extends DurabillApi {
  constructor(
    stack: TestStack,
    patienceMs: number,
    private readonly onCall: (request: ApiRequest) => void,
  ) {
    super({ url: stack.api, key: stack.key, patienceMs });
  }

  override call<Body>(request: ApiRequest): Promise<Body> {
    const answer = super.call<Body>(request);
    this.onCall(request);
    return answer;
  }
}

/** Imports on a stack of its own, and what they came to. */
export class ImportJourney {
  private constructor(readonly stack: TestStack) {}

  /** Starts the stack; a test stops it with `stack.stop()`. */
  static async begin(): Promise<ImportJourney> {
    return new ImportJourney(await startStack());
  }

  /**
   * Runs one import to its end. Every request passes `onCall` just after it was sent.
   * @returns events recorded by this import, those that stood already left out.
   */
  async run(
    name: string,
    onCall: (request: ApiRequest) => void = () => undefined,
    patienceMs = PATIENCE_MS,
  ): Promise<number> {
    const api = new WatchedApi(this.stack, patienceMs, onCall);
    const customer = { id: this.customerId(name), name: 'Journey', plan: 'scale' };
    const { period } = await openCustomer(api, customer);
    let recorded = 0;
    for (const month of journeyMonths(`${name}-`)) {
      recorded += (await importMonth(api, customer.id, month, period.index)).recorded;
    }
    return recorded;
  }

  /** Events of one import. */
  static get eventCount(): number {
    return journeyMonths('').reduce((sum, { events }) => sum + events.length, 0);
  }

  /** What the customer of an import was billed, here and at Stripe, once all of it is paid. */
  async bill(name: string): Promise<Bill> {
    const api = new WatchedApi(this.stack, PATIENCE_MS, () => undefined);
    const invoices = await settledInvoices(api, this.customerId(name), MONTHS + 1);
    return {
      invoices: invoices.map(({ reason, status, period, lines, subtotalMinor, totalMinor }) => {
        return { reason, status, period, lines, subtotalMinor, totalMinor };
      }),
      atStripe: await this.atStripe(api, name),
    };
  }

  private async atStripe(api: DurabillApi, name: string): Promise<string[]> {
    const path = `/v1/customers/${this.customerId(name)}`;
    const { stripe } = await api.call<{ stripe: { customer: string } }>({ method: 'GET', path });
    const { stripeSecretKey: secretKey } = loadSecrets(this.stack.folder);
    const client = stripeClient({ secretKey, apiBase: this.stack.stripe });
    const { data } = await client.invoices.list({ customer: stripe.customer, limit: 100 });
    return data.map(({ subtotal, total, status }) => `${subtotal} ${total} ${status}`).sort();
  }

  private customerId(name: string): string {
    return `${name}-${CUSTOMER}`;
  }
}
