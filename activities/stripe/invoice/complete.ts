import type Stripe from 'stripe';
import type { StripeInvoiceView } from '../../../billing/customer/invoice/view.js';
import type { DraftItem } from '../../../billing/state.js';
import type { StripeActivities } from '../../contract.js';
import { sessionFor, type StripeDeps } from '../deps.js';
import { ensure, findByRef, REF_KEY } from '../ensure.js';
import type { StripeSession } from '../session.js';
import { LINE_REF_KEY, readInvoice, viewOf } from './view.js';

type CompleteInput = Parameters<StripeActivities['completeDraft']>[0];

/** See `StripeActivities.completeDraft`. */
export async function completeDraft(
  deps: StripeDeps,
  input: CompleteInput,
): Promise<{ readonly invoice: StripeInvoiceView }> {
  const session = sessionFor(deps, input.key.mode);
  const { invoice: id, stripe: link, items } = input;
  const invoice = await session.stripe.invoices.retrieve(id, {}, session.within());
  // Finalised by others: nothing fits on it any more, and the comparison will say what is missing.
  if (invoice.status !== 'draft' || items.length === 0) {
    return { invoice: await viewOf(session, link, invoice) };
  }
  for (const item of items) await ensureItem(session, link.customer, invoice, item);
  return { invoice: await readInvoice(session, link, id) };
}

function ensureItem(
  session: StripeSession,
  customer: string,
  { id: invoice, currency }: Stripe.Invoice,
  item: DraftItem,
): Promise<string> {
  const { invoiceItems } = session.stripe;
  return ensure(session, {
    name: item.name,
    find: () => findByRef(invoiceItems.list({ invoice, limit: 100 }, session.within()), item.name),
    create: async (httpKey) => {
      const made = await invoiceItems.create(
        {
          customer,
          invoice,
          currency,
          amount: item.amountMinor,
          description: item.description,
          period: { start: item.startSeconds, end: item.endSeconds },
          metadata: { [REF_KEY]: item.name, [LINE_REF_KEY]: item.ref },
        },
        session.within(httpKey),
      );
      return made.id;
    },
  });
}
