import type Stripe from 'stripe';
import type { StripeLink } from '../../../billing/command.js';
import type { InvoiceReason } from '../../../billing/invoice.js';
import type { StripeInvoiceView, StripeLineView } from '../../../billing/customer/invoice/view.js';
import type { SegmentAtStripe, StripeActivities } from '../../contract.js';
import { sessionFor, type StripeDeps } from '../deps.js';
import type { StripeSession } from '../session.js';
import { viewOf } from './view.js';

type HoldInput = Parameters<StripeActivities['holdInvoice']>[0];

/** Invoices of a subscription looked through, newest first. */
const LOOK_MAX = 60;

/** Stripe's words for why an invoice was made; other reasons have none of their own. */
const BILLING_REASONS: Partial<Record<InvoiceReason, readonly string[]>> = {
  // A base is charged at once by the first invoice, by a change now, and where a trial ends.
  start: ['subscription_create', 'subscription_update', 'subscription_cycle'],
  cycle: ['subscription_cycle'],
};

/** See `StripeActivities.holdInvoice`. */
export async function holdInvoice(
  deps: StripeDeps,
  input: HoldInput,
): Promise<{ readonly invoice: StripeInvoiceView | null }> {
  const session = sessionFor(deps, input.key.mode);
  const found = await findInvoice(session, input);
  if (found === null || found.status !== 'draft' || !found.autoAdvance) return { invoice: found };
  const params = { auto_advance: false };
  const held = await session.stripe.invoices.update(found.id, params, session.within());
  return { invoice: await viewOf(session, input.stripe, held) };
}

async function findInvoice(
  session: StripeSession,
  { stripe: link, segment, reason }: HoldInput,
): Promise<StripeInvoiceView | null> {
  const billingReasons = BILLING_REASONS[reason];
  if (billingReasons === undefined) throw new Error(`no invoice is looked for as ${reason}`);
  let looked = 0;
  for await (const invoice of newestOf(session, link.subscription)) {
    looked += 1;
    if (billingReasons.includes(invoice.billing_reason ?? '')) {
      const view = await viewOf(session, link, invoice);
      const isIt = reason === 'start' ? isOfStart : isOfCycle;
      if (isIt(view, segment) || isOfOthers(link, view, segment)) return view;
    }
    if (looked >= LOOK_MAX) break;
  }
  return null;
}

/** The one sought is nearly always the newest: small pages. */
function newestOf(session: StripeSession, subscription: string): AsyncIterable<Stripe.Invoice> {
  return session.stripe.invoices.list({ subscription, limit: 5 }, session.within());
}

/** An invoice at the start of a period charges its base. */
function isOfStart({ lines }: StripeInvoiceView, { startSeconds }: SegmentAtStripe): boolean {
  return lines.some((line) => line.kind === 'base' && line.startSeconds === startSeconds);
}

/** A cycle invoice ends the usage of one period and begins the base of the next. */
function isOfCycle({ lines }: StripeInvoiceView, { endSeconds }: SegmentAtStripe): boolean {
  return lines.some((line: StripeLineView) => {
    if (line.kind === 'meter') return line.endSeconds === endSeconds;
    return line.kind === 'base' && line.startSeconds === endSeconds;
  });
}

/** Where others charge the base, a period without usage ends with their lines alone. */
function isOfOthers(
  { otherItems = [] }: StripeLink,
  { lines }: StripeInvoiceView,
  { endSeconds }: SegmentAtStripe,
): boolean {
  if (otherItems.length === 0) return false;
  return lines.some((line) => line.kind === 'foreign' && line.startSeconds === endSeconds);
}
