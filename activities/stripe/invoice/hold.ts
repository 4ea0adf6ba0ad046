import type Stripe from 'stripe';
import type { InvoiceReason } from '../../../billing/invoice.js';
import type { StripeInvoiceView, StripeLineView } from '../../../billing/customer/view.js';
import type { SegmentAtStripe, StripeActivities } from '../../contract.js';
import { sessionFor, type StripeDeps } from '../deps.js';
import type { StripeSession } from '../session.js';
import { viewOf } from './view.js';

type HoldInput = Parameters<StripeActivities['holdInvoice']>[0];

/** Invoices of a subscription looked through, newest first. */
const LOOK_MAX = 60;

/** Stripe's word for why an invoice was made; other reasons have none of their own. */
const BILLING_REASONS: Partial<Record<InvoiceReason, string>> = {
  start: 'subscription_create',
  cycle: 'subscription_cycle',
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
  const billingReason = BILLING_REASONS[reason];
  if (billingReason === undefined) throw new Error(`no invoice is looked for as ${reason}`);
  let looked = 0;
  for await (const invoice of newestOf(session, link.subscription)) {
    looked += 1;
    if (invoice.billing_reason === billingReason) {
      const view = await viewOf(session, link, invoice);
      if (reason === 'start' || isOfCycle(view, segment)) return view;
    }
    if (looked >= LOOK_MAX) break;
  }
  return null;
}

/** The one sought is nearly always the newest: small pages. */
function newestOf(session: StripeSession, subscription: string): AsyncIterable<Stripe.Invoice> {
  return session.stripe.invoices.list({ subscription, limit: 5 }, session.within());
}

/** A cycle invoice ends the usage of one period and begins the base of the next. */
function isOfCycle({ lines }: StripeInvoiceView, { endSeconds }: SegmentAtStripe): boolean {
  return lines.some((line: StripeLineView) => {
    if (line.kind === 'meter') return line.endSeconds === endSeconds;
    return line.kind === 'base' && line.startSeconds === endSeconds;
  });
}
