import type { StripeInvoiceView } from '../../../billing/customer/invoice/view.js';
import type { StripeActivities } from '../../contract.js';
import { sessionFor, type StripeDeps } from '../deps.js';
import { readInvoice, viewOf } from './view.js';

type ReadInput = Parameters<StripeActivities['readInvoice']>[0];

/** See `StripeActivities.readInvoice`. */
export async function attendInvoice(
  deps: StripeDeps,
  { key, stripe: link, invoice: id, hold }: ReadInput,
): Promise<{ readonly invoice: StripeInvoiceView }> {
  const session = sessionFor(deps, key.mode);
  const invoice = await readInvoice(session, link, id);
  const moves = invoice.status === 'draft' || invoice.status === 'open';
  if (!hold || !moves || !invoice.autoAdvance) return { invoice };
  const params = { auto_advance: false };
  const held = await session.stripe.invoices.update(id, params, session.within());
  return { invoice: await viewOf(session, link, held) };
}
