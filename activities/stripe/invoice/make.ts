import type Stripe from 'stripe';
import type { StripeInvoiceView } from '../../../billing/customer/invoice/view.js';
import type { StripeActivities } from '../../contract.js';
import { sessionFor, type StripeDeps } from '../deps.js';
import { ensure, findByRef, REF_KEY } from '../ensure.js';
import { readInvoice } from './view.js';

type MakeInput = Parameters<StripeActivities['makeInvoice']>[0];

/** See `StripeActivities.makeInvoice`. It takes no items that wait for another invoice. */
export async function makeInvoice(
  deps: StripeDeps,
  { key, stripe: link, segment, reason, currency }: MakeInput,
): Promise<{ readonly invoice: StripeInvoiceView }> {
  const session = sessionFor(deps, key.mode);
  const { invoices } = session.stripe;
  const { customer } = link;
  const name = `invoice/${key.mode}/${key.customer}/${key.life}/${reason}/${segment.index}`;
  const params: Stripe.InvoiceCreateParams = {
    customer,
    currency,
    auto_advance: false,
    collection_method: 'charge_automatically',
    pending_invoice_items_behavior: 'exclude',
    metadata: { [REF_KEY]: name },
  };
  const id = await ensure(session, {
    name,
    find: () => findByRef(invoices.list({ customer, limit: 100 }, session.within()), name),
    create: async (httpKey) => (await invoices.create(params, session.within(httpKey))).id,
  });
  return { invoice: await readInvoice(session, link, id) };
}
