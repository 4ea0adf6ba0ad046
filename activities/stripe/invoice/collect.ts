import type { StripeInvoiceView } from '../../../billing/customer/invoice/view.js';
import type { StripeActivities } from '../../contract.js';
import { sessionFor, type StripeDeps } from '../deps.js';
import { classify } from '../failures.js';
import type { StripeSession } from '../session.js';
import { readInvoice } from './view.js';

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
  const refused = await pay(session, before);
  const invoice = await readInvoice(session, link, id);
  if (refused === null || invoice.status !== 'open') return { invoice, refused: null };
  if (refused.retry) throw refused.error;
  return { invoice, refused: refused.reason };
}

/** Lets Stripe collect from now on, and asks for it at once. Null: paid. */
async function pay(
  session: StripeSession,
  { id, autoAdvance }: StripeInvoiceView,
): Promise<{ readonly retry: boolean; readonly reason: string; readonly error: unknown } | null> {
  const { invoices } = session.stripe;
  if (!autoAdvance) await invoices.update(id, { auto_advance: true }, session.within());
  try {
    await invoices.pay(id, {}, session.within());
    return null;
  } catch (error) {
    const fault = classify(error);
    if (!fault) throw error;
    const refused = fault.kind === 'refused' || fault.code === NOTHING_TO_CHARGE;
    return { retry: !refused, reason: `${fault.code}: ${fault.message}`, error };
  }
}
