import { setTimeout as sleep } from 'node:timers/promises';
import type Stripe from 'stripe';
import type { PlanSnapshot } from '../../billing/catalogue.js';
import type { Invoice } from '../../billing/invoice.js';
import type { PeriodUsage } from '../../billing/rating/rate.js';
import { MONTHS } from './dealing.js';
import type { DurabillApi } from './durabillApi.js';
import type { CustomerView } from './importing.js';
import type { CustomerFacts, StripeInvoiceFacts } from './law.js';
import { ANCHOR_MS, type DemoMonth } from './year.js';

/** Longest wait for invoices that are still on their way to paid. */
const PAID_MS_MAX = 30_000;

/** An invoice as the API shows it. */
export type InvoiceView = Omit<Invoice, 'mode'>;

interface UsageAnswer {
  readonly data: readonly {
    readonly meter: string;
    readonly quantity: number | string;
    readonly count: number;
  }[];
}

/** What one period used: quantities of the plan's priced meters, and how many calls there were. */
export interface MonthUsage {
  readonly usage: PeriodUsage;
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** Usage of one period, from GET /v1/usage. */
export async function usageOf(
  api: DurabillApi,
  customer: string,
  month: DemoMonth,
  plan: PlanSnapshot,
): Promise<MonthUsage> {
  const query = new URLSearchParams({
    customer,
    from: new Date(month.startMs).toISOString(),
    to: new Date(month.endMs).toISOString(),
    bucket: 'total',
  });
  const path = `/v1/usage?${query.toString()}`;
  const { data } = await api.call<UsageAnswer>({ method: 'GET', path });
  const quantityOf = (meter: string) => data.find((row) => row.meter === meter)?.quantity ?? 0;
  const priced = Object.keys(plan.plan.prices ?? {});
  return {
    usage: Object.fromEntries(priced.map((meter) => [meter, quantityOf(meter)])),
    calls: data.find((row) => row.meter === 'input_tokens')?.count ?? 0,
    inputTokens: Number(quantityOf('input_tokens')),
    outputTokens: Number(quantityOf('output_tokens')),
  };
}

/** Invoices of the demo's year, oldest first; what came later is not part of the story. */
export async function yearInvoices(api: DurabillApi, customer: string): Promise<InvoiceView[]> {
  const path = `/v1/customers/${customer}/invoices?limit=100`;
  const { data } = await api.call<{ readonly data: readonly InvoiceView[] }>({
    method: 'GET',
    path,
  });
  const order = ({ reason, period }: InvoiceView) => [period.start, reason === 'start' ? 0 : 1];
  return data
    .filter(({ period }) => Date.parse(period.start) < endOfYearMs())
    .sort((one, other) => (order(one).join() < order(other).join() ? -1 : 1));
}

function endOfYearMs(): number {
  return Date.UTC(new Date(ANCHOR_MS).getUTCFullYear(), new Date(ANCHOR_MS).getUTCMonth() + MONTHS);
}

/** The year's invoices once none of them is on its way any more, or the wait is over. */
export async function settledInvoices(
  api: DurabillApi,
  customer: string,
  count: number,
): Promise<InvoiceView[]> {
  const endMs = Date.now() + PAID_MS_MAX;
  for (;;) {
    const invoices = await yearInvoices(api, customer);
    const settled = invoices.filter(({ status }) => status !== 'draft' && status !== 'finalized');
    if (settled.length >= count || Date.now() > endMs) return invoices;
    await sleep(200);
  }
}

/** What Stripe has for a customer, read by its own SDK. */
async function stripeInvoicesOf(stripe: Stripe, customer: string): Promise<StripeInvoiceFacts[]> {
  const facts: StripeInvoiceFacts[] = [];
  for await (const invoice of stripe.invoices.list({ customer, limit: 100 })) {
    // Made for the year: an invoice's lines are dated by it, its creation a moment after a period.
    const { id, subtotal, total, status, created } = invoice;
    if (created * 1000 >= endOfYearMs() + 28 * 86_400_000) continue;
    facts.push({
      id: id ?? '',
      subtotalMinor: subtotal,
      totalMinor: total,
      status: status ?? 'unknown',
    });
  }
  return facts;
}

/** Everything the law needs to judge a customer. */
export async function factsOf(
  sources: { readonly api: DurabillApi; readonly stripe: Stripe },
  customer: CustomerView,
  plan: PlanSnapshot,
  months: readonly MonthUsage[],
): Promise<CustomerFacts> {
  const { api, stripe } = sources;
  const atStripe = customer.stripe?.customer;
  return {
    id: customer.id,
    plan,
    usage: months.map(({ usage }) => usage),
    invoices: await settledInvoices(api, customer.id, customer.stripe ? MONTHS + 1 : 0),
    stripeInvoices: atStripe ? await stripeInvoicesOf(stripe, atStripe) : [],
  };
}
