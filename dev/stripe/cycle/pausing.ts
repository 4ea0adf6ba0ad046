import type { Account } from '../account.js';
import { showInvoice } from '../resources/invoiceBody.js';
import { showSubscription } from '../resources/subscriptionBody.js';
import type { Kinds } from '../state/records.js';
import { voidInvoice } from './ending.js';
import { finalise } from './finalising.js';
import { raiseSubscription, setDelinquent } from './standing.js';

type Invoice = Kinds['invoice'];

/**
 * What becomes of an invoice that is made while collection is paused: it stays a draft, or is
 * given up at once, without touching the customer's balance (docs.stripe.com/billing/
 * subscriptions/pause-payment). Invoices of an `unpaid` subscription stay drafts, too
 * (Subscriptions.d.ts `status`: none is attempted).
 */
export function holdBack(
  account: Account,
  subscription: Kinds['subscription'],
  draft: Invoice,
  at: number,
): Invoice {
  const behaviour = subscription.pause_collection?.behavior;
  if (!behaviour && subscription.status !== 'unpaid') return draft;
  const stays = { auto_advance: false, automatically_finalizes_at: null };
  const held = account.store.patch('invoice', draft.id, stays);
  if (!behaviour || behaviour === 'keep_as_draft') return held;
  account.emit('invoice.created', showInvoice(account, held), at);
  const final = finalise(account, draft.id, at, { autoAdvance: false, useBalance: false });
  if (final.status !== 'open') return final;
  if (behaviour === 'void') return voidInvoice(account, draft.id, at);
  return giveUp(account, draft.id, at);
}

/** Marks an open invoice as uncollectible. */
export function giveUp(account: Account, id: string, at: number): Invoice {
  const open = account.store.need('invoice', id);
  const given = account.store.patch('invoice', id, {
    auto_advance: false,
    next_payment_attempt: null,
    status: 'uncollectible',
    status_transitions: { ...open.status_transitions, marked_uncollectible_at: at },
  });
  account.emit('invoice.marked_uncollectible', showInvoice(account, given), at);
  setDelinquent(account, given, false, at);
  raiseSubscription(account, given, at);
  return given;
}

/** At `resumes_at` collection goes on; drafts that were kept stay drafts. */
export function resumeCollection(account: Account, id: string, at: number): void {
  const { pause_collection: former } = account.store.need('subscription', id);
  const resumed = account.store.patch('subscription', id, { pause_collection: null });
  const previous = { pause_collection: former };
  account.emit('customer.subscription.updated', showSubscription(account, resumed), at, previous);
}
