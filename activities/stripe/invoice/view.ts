import type Stripe from 'stripe';
import { canonical } from '../../../billing/decimal.js';
import type { StripeLink } from '../../../billing/command.js';
import type { StripeInvoiceView, StripeLineView } from '../../../billing/customer/invoice/view.js';
import type { StripeSession } from '../session.js';

/** Reads an invoice with all its lines, told apart by the subscription item that made them. */

/** Key of an item's `metadata` with the ref of its line, such as `late/tokens`. */
export const LINE_REF_KEY = 'durabill_line';

/** An invoice at Stripe as it is now. */
export async function readInvoice(
  session: StripeSession,
  link: StripeLink,
  id: string,
): Promise<StripeInvoiceView> {
  const invoice = await session.stripe.invoices.retrieve(id, {}, session.within());
  return viewOf(session, link, invoice);
}

/** The same of an invoice that was just read. */
export async function viewOf(
  session: StripeSession,
  link: StripeLink,
  invoice: Stripe.Invoice,
): Promise<StripeInvoiceView> {
  const lines = await linesOf(session, invoice);
  const { finalized_at: finalizedAt, paid_at: paidAt } = invoice.status_transitions;
  const nextAttempt = invoice.next_payment_attempt;
  return {
    id: invoice.id,
    status: statusOf(invoice),
    number: invoice.number,
    autoAdvance: invoice.auto_advance ?? false,
    subtotalMinor: invoice.subtotal,
    discountMinor: sumOf(invoice.total_discount_amounts),
    taxMinor: sumOf(invoice.total_taxes),
    totalMinor: invoice.total,
    amountDueMinor: invoice.amount_due,
    finalizedAtMs: finalizedAt === null ? null : finalizedAt * 1000,
    paidAtMs: paidAt === null ? null : paidAt * 1000,
    hostedUrl: invoice.hosted_invoice_url ?? null,
    nextAttemptAtMs: nextAttempt === null ? null : nextAttempt * 1000,
    lines: lines.map((line) => lineView(link, line)),
  };
}

/** The embedded lines are one page; further ones are read where there are any. */
async function linesOf(
  session: StripeSession,
  invoice: Stripe.Invoice,
): Promise<readonly Stripe.InvoiceLineItem[]> {
  if (!invoice.lines.has_more) return invoice.lines.data;
  const lines: Stripe.InvoiceLineItem[] = [];
  const { invoices } = session.stripe;
  const list = invoices.listLineItems(invoice.id, { limit: 100 }, session.within());
  for await (const line of list) lines.push(line);
  return lines;
}

const STATUSES: readonly StripeInvoiceView['status'][] = [
  'draft',
  'open',
  'paid',
  'uncollectible',
  'void',
];

/** @throws Error on a status that this engine was not built for. */
function statusOf({ id, status }: Stripe.Invoice): StripeInvoiceView['status'] {
  const known = STATUSES.find((candidate) => candidate === status);
  if (known) return known;
  throw new Error(`invoice ${id} has an unknown status ${String(status)}`);
}

function sumOf(amounts: readonly { readonly amount: number }[] | null): number {
  return (amounts ?? []).reduce((sum, { amount }) => sum + amount, 0);
}

function lineView(link: StripeLink, line: Stripe.InvoiceLineItem): StripeLineView {
  const { quantity, quantity_decimal: exact, pricing } = line;
  const unitAmount = pricing?.unit_amount_decimal ?? null;
  return {
    id: line.id,
    ...kindOf(link, line),
    quantity: canonical(String(exact ?? quantity ?? 0)),
    unitAmountMinor: unitAmount === null ? null : canonical(String(unitAmount)),
    amountMinor: line.amount,
    description: line.description ?? '',
    startSeconds: line.period.start,
    endSeconds: line.period.end,
  };
}

/** A line of a subscription item carries the subscription's metadata: the parent goes first. */
function kindOf(
  { baseItem, items }: StripeLink,
  { parent, metadata }: Stripe.InvoiceLineItem,
): Pick<StripeLineView, 'kind' | 'name'> {
  const item = parent?.subscription_item_details?.subscription_item;
  if (item !== undefined && item !== null) {
    if (item === baseItem) return { kind: 'base', name: null };
    const meter = Object.keys(items).find((candidate) => items[candidate] === item);
    return meter === undefined ? FOREIGN : { kind: 'meter', name: meter };
  }
  const ref = metadata[LINE_REF_KEY];
  return ref === undefined ? FOREIGN : { kind: 'ours', name: ref };
}

const FOREIGN = { kind: 'foreign', name: null } as const;
