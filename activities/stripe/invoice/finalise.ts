import type { StripeInvoiceView } from '../../../billing/customer/invoice/view.js';
import type { StripeActivities } from '../../contract.js';
import { sessionFor, type StripeDeps } from '../deps.js';
import { readInvoice, viewOf } from './view.js';

type FinaliseInput = Parameters<StripeActivities['finaliseInvoice']>[0];

/**
 * See `StripeActivities.finaliseInvoice`. It needs no key of its own: an invoice leaves `draft`
 * once. Stripe refuses what has left it; then it is read.
 */
export async function finaliseInvoice(
  deps: StripeDeps,
  { key, stripe: link, invoice: id }: FinaliseInput,
): Promise<{ readonly invoice: StripeInvoiceView }> {
  const session = sessionFor(deps, key.mode);
  const { invoices } = session.stripe;
  try {
    const params = { auto_advance: false };
    const final = await invoices.finalizeInvoice(id, params, session.within());
    return { invoice: await viewOf(session, link, final) };
  } catch (error) {
    const after = await readInvoice(session, link, id);
    if (after.status === 'draft') throw error;
    return { invoice: after };
  }
}
