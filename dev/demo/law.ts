import type { PlanSnapshot } from '../../billing/catalogue.js';
import type { Invoice, RatedLine } from '../../billing/invoice.js';
import { baseLines, rate, type PeriodUsage } from '../../billing/rating/rate.js';
import { sumOf } from './chance.js';
import { MONTHS } from './dealing.js';

/** What Stripe says about one invoice. */
export interface StripeInvoiceFacts {
  readonly id: string;
  readonly subtotalMinor: number;
  readonly totalMinor: number;
  readonly status: string;
}

/** All that is known of one customer after the year. */
export interface CustomerFacts {
  readonly id: string;
  readonly plan: PlanSnapshot;
  /** Usage of the twelve periods by meter, as GET /v1/usage told it. */
  readonly usage: readonly PeriodUsage[];
  /** The year's invoices as the API shows them, oldest first. */
  readonly invoices: readonly Omit<Invoice, 'mode'>[];
  /** Everything Stripe has for this customer in that time. */
  readonly stripeInvoices: readonly StripeInvoiceFacts[];
}

/** One row of the table of invoices. */
export interface InvoiceRow {
  readonly customer: string;
  readonly reason: string;
  readonly start: string;
  readonly end: string;
  readonly predictedMinor: number;
  readonly invoicedMinor: number;
  readonly stripeMinor: number | null;
  readonly status: string;
}

/** One customer judged. */
export interface Verdict {
  readonly rows: readonly InvoiceRow[];
  /** What the customer's invoices sum to. */
  readonly invoicedMinor: number;
  /** `rate` over the twelve closed periods, and the base of the thirteenth. */
  readonly lawMinor: number;
  /** Every difference, in words; empty: all is equal to the cent. */
  readonly disagreements: readonly string[];
}

/** True for a plan that never touches Stripe. */
function isFree({ plan }: PlanSnapshot): boolean {
  return plan.prices === undefined && plan.baseAmountMinor === undefined;
}

/**
 * The lines an invoice must have: the first one the base in advance, each later one the usage of
 * the period that ended and the base of the next, which together is what `rate` says of it.
 */
function expectedLines(plan: PlanSnapshot, usage: PeriodUsage | undefined): readonly RatedLine[] {
  return usage === undefined ? baseLines(plan) : rate(plan, usage).lines;
}

function lineText({ ref, quantity, unitAmountMinor, amountMinor }: RatedLine): string {
  return `${ref}: ${quantity} x ${unitAmountMinor} = ${amountMinor}`;
}

function lineDifferences(
  expected: readonly RatedLine[],
  found: readonly RatedLine[],
): readonly string[] {
  const wanted = new Set(expected.map(lineText));
  const present = new Set(found.map(lineText));
  const missing = [...wanted].filter((text) => !present.has(text));
  const extra = [...present].filter((text) => !wanted.has(text));
  return [
    ...missing.map((text) => `the line "${text}" is missing`),
    ...extra.map((text) => `the line "${text}" was not predicted`),
  ];
}

/** Predicts one invoice by itself and compares it with the API's and with Stripe's. */
function judgeInvoice(
  facts: CustomerFacts,
  index: number,
): { readonly row: InvoiceRow; readonly disagreements: readonly string[] } | undefined {
  const invoice = facts.invoices[index];
  if (!invoice) return undefined;
  const expected = expectedLines(facts.plan, index === 0 ? undefined : facts.usage[index - 1]);
  const predictedMinor = sumOf(expected.map(({ amountMinor }) => amountMinor));
  const atStripe = facts.stripeInvoices.find(({ id }) => id === invoice.stripe?.invoice);
  const equalities: readonly (readonly [string, unknown, unknown])[] = [
    ['reason', invoice.reason, index === 0 ? 'start' : 'cycle'],
    ['subtotal', invoice.subtotalMinor, predictedMinor],
    ['subtotal at Stripe', atStripe?.subtotalMinor, predictedMinor],
    ['total at Stripe', atStripe?.totalMinor, invoice.totalMinor],
    ['status', invoice.status, 'paid'],
    ['status at Stripe', atStripe?.status, 'paid'],
  ];
  const differing = equalities
    .filter(([, found, wanted]) => found !== wanted)
    .map(([what, found, wanted]) => `${what} is ${String(found)}, not ${String(wanted)}`);
  const place = `${facts.id}, invoice ${index + 1}`;
  return {
    row: {
      customer: facts.id,
      reason: invoice.reason,
      start: invoice.period.start,
      end: invoice.period.end,
      predictedMinor,
      invoicedMinor: invoice.subtotalMinor,
      stripeMinor: atStripe?.subtotalMinor ?? null,
      status: invoice.status,
    },
    disagreements: [...differing, ...lineDifferences(expected, invoice.lines)].map(
      (text) => `${place}: ${text}`,
    ),
  };
}

/**
 * Judges one customer's year: every invoice line by line, their number, that Stripe has no
 * others, and the law: the sum of all invoices is the sum of `rate` over the twelve closed
 * periods and the base of the thirteenth.
 */
export function judgeCustomer(facts: CustomerFacts): Verdict {
  const judged = facts.invoices.flatMap((_, index) => judgeInvoice(facts, index) ?? []);
  const lawMinor =
    sumOf(facts.usage.map((usage) => rate(facts.plan, usage).subtotalMinor)) +
    sumOf(baseLines(facts.plan).map(({ amountMinor }) => amountMinor));
  const invoicedMinor = sumOf(facts.invoices.map(({ subtotalMinor }) => subtotalMinor));
  const wanted = isFree(facts.plan) ? 0 : MONTHS + 1;
  const disagreements = judged.flatMap((one) => [...one.disagreements]);
  if (facts.invoices.length !== wanted) {
    disagreements.push(`${facts.id} has ${facts.invoices.length} invoices, not ${wanted}`);
  }
  if (facts.stripeInvoices.length !== wanted) {
    const found = facts.stripeInvoices.length;
    disagreements.push(`${facts.id} has ${found} invoices at Stripe, not ${wanted}`);
  }
  if (invoicedMinor !== lawMinor) {
    disagreements.push(`${facts.id}: invoices sum to ${invoicedMinor}, the law says ${lawMinor}`);
  }
  return { rows: judged.map(({ row }) => row), invoicedMinor, lawMinor, disagreements };
}
