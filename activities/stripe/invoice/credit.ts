import type Stripe from 'stripe';
import type { StripeActivities } from '../../contract.js';
import { sessionFor, type StripeDeps } from '../deps.js';
import { ensure, findByRef, REF_KEY } from '../ensure.js';
import { classify } from '../failures.js';
import type { StripeSession } from '../session.js';
import { readInvoice } from './view.js';

type CreditInput = Parameters<StripeActivities['creditInvoice']>[0];
type Credited = Awaited<ReturnType<StripeActivities['creditInvoice']>>;

/** See `StripeActivities.creditInvoice`. */
export async function creditInvoice(deps: StripeDeps, input: CreditInput): Promise<Credited> {
  const { key, stripe: link, invoice: id } = input;
  const session = sessionFor(deps, key.mode);
  const refused = await giveNote(session, input);
  return { invoice: await readInvoice(session, link, id), refused };
}

/** Why it was not given; null: it was. */
async function giveNote(session: StripeSession, input: CreditInput): Promise<string | null> {
  const { creditNotes } = session.stripe;
  const { invoice, name } = input;
  const notes = () => creditNotes.list({ invoice, limit: 100 }, session.within());
  try {
    await ensure(session, {
      name,
      find: () => findByRef(notes(), name),
      create: async (httpKey) => {
        const params = await paramsOf(session, input, notes());
        return (await creditNotes.create(params, session.within(httpKey))).id;
      },
    });
    return null;
  } catch (error) {
    const fault = classify(error);
    if (fault?.kind !== 'permanent') throw error;
    return `${fault.code}: ${fault.message}`;
  }
}

/**
 * A note first lowers what is still to be paid; the rest must go somewhere to the last unit
 * (docs.stripe.com/api/credit_notes/create): back to the card as far as that was charged, where
 * there is no next invoice to come, else to the customer's balance.
 */
async function paramsOf(
  session: StripeSession,
  { invoice: id, name, amountMinor, reason, refund }: CreditInput,
  notes: AsyncIterable<Stripe.CreditNote>,
): Promise<Stripe.CreditNoteCreateParams> {
  const invoice = await session.stripe.invoices.retrieve(id, {}, session.within());
  const unpaid = invoice.status === 'paid' ? 0 : invoice.amount_remaining;
  const rest = amountMinor - Math.min(amountMinor, unpaid);
  const refundable = refund && rest > 0 ? invoice.amount_paid - (await refundedBy(notes)) : 0;
  const refunded = Math.max(0, Math.min(rest, refundable));
  const toBalance = rest - refunded;
  return {
    invoice: id,
    amount: amountMinor,
    memo: reason,
    metadata: { [REF_KEY]: name },
    ...(toBalance > 0 ? { credit_amount: toBalance } : {}),
    ...(refunded > 0 ? { refund_amount: refunded } : {}),
  };
}

async function refundedBy(notes: AsyncIterable<Stripe.CreditNote>): Promise<number> {
  let sum = 0;
  for await (const { refunds } of notes) {
    for (const refund of refunds) sum += refund.amount_refunded;
  }
  return sum;
}
