import type Stripe from 'stripe';
import type { StripeInvoiceView } from '../../../billing/customer/invoice/view.js';
import type { StripeActivities } from '../../contract.js';
import { sessionFor, type StripeDeps } from '../deps.js';
import { classify } from '../failures.js';
import type { StripeSession } from '../session.js';
import { readInvoice, viewOf } from './view.js';

type CollectInput = Parameters<StripeActivities['collectInvoice']>[0];
type Collected = Awaited<ReturnType<StripeActivities['collectInvoice']>>;

/** A customer without a payment method is refused with this code, not with a card error. */
const NOTHING_TO_CHARGE = 'resource_missing';

/**
 * See `StripeActivities.collectInvoice`. It needs no key of its own: Stripe pays an invoice
 * once, and whether it is paid is read first.
 */
export async function collectInvoice(deps: StripeDeps, input: CollectInput): Promise<Collected> {
  const { key, stripe: link, invoice: id } = input;
  const session = sessionFor(deps, key.mode);
  const before = await readInvoice(session, link, id);
  if (before.status !== 'open') return { invoice: before, refused: null };
  const answer = await pay(session, before);
  if ('paid' in answer) return { invoice: await viewOf(session, link, answer.paid), refused: null };
  // Refused: what became of it is not in the answer, nor whether others have paid it meanwhile.
  const invoice = await readInvoice(session, link, id);
  if (invoice.status !== 'open') return { invoice, refused: null };
  if (answer.retry) throw answer.error;
  return { invoice, refused: answer.reason };
}

/** The invoice as it stands paid, or why it was not. */
type Answer =
  | { readonly paid: Stripe.Invoice }
  | { readonly retry: boolean; readonly reason: string; readonly error: unknown };

/** Lets Stripe collect from now on, and asks for it at once. */
async function pay(
  session: StripeSession,
  { id, autoAdvance }: StripeInvoiceView,
): Promise<Answer> {
  const { invoices } = session.stripe;
  if (!autoAdvance) await invoices.update(id, { auto_advance: true }, session.within());
  try {
    return { paid: await invoices.pay(id, {}, session.within()) };
  } catch (error) {
    const fault = classify(error);
    if (!fault) throw error;
    const refused = fault.kind === 'refused' || fault.code === NOTHING_TO_CHARGE;
    return { retry: !refused, reason: `${fault.code}: ${fault.message}`, error };
  }
}
