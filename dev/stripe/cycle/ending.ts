import type { Account } from '../account.js';
import { showInvoice } from '../resources/invoiceBody.js';
import { showSubscription } from '../resources/subscriptionBody.js';
import type { Kinds } from '../state/records.js';
import { moveBalance } from './balance.js';
import { raiseSubscription } from './standing.js';

type Subscription = Kinds['subscription'];

/** Ends a subscription now. Usage that no invoice bills by then is billed nowhere. */
export function endSubscription(
  account: Account,
  id: string,
  at: number,
  status: 'canceled' | 'incomplete_expired' = 'canceled',
): Subscription {
  const before = account.store.need('subscription', id);
  const ended = account.store.patch('subscription', id, {
    canceled_at: before.canceled_at ?? at,
    ended_at: at,
    status,
    hidden: { ...before.hidden, expiresAt: null },
  });
  account.emit('customer.subscription.deleted', showSubscription(account, ended), at);
  return ended;
}

/** An unpaid first invoice ends after 23 hours together with its subscription. */
export function expireSubscription(account: Account, id: string, at: number): void {
  const { latest_invoice: invoice } = account.store.need('subscription', id);
  if (invoice) voidInvoice(account, invoice, at);
  endSubscription(account, id, at, 'incomplete_expired');
}

/** What a void invoice took of the balance goes back (CustomerBalanceTransactions.d.ts `type`). */
function returnBalance(account: Account, invoice: Kinds['invoice'], at: number): void {
  const { currency, customer, ending_balance: ending, starting_balance: starting } = invoice;
  const amountMinor = starting - (ending ?? starting);
  if (amountMinor === 0 || !customer || !account.store.get('customer', customer)) return;
  const move = { amountMinor, currency, at, invoice: invoice.id } as const;
  moveBalance(account, customer, { ...move, type: 'unapplied_from_invoice' });
}

/** Voids an open invoice. */
export function voidInvoice(account: Account, id: string, at: number): Kinds['invoice'] {
  const open = account.store.need('invoice', id);
  const voided = account.store.patch('invoice', id, {
    auto_advance: false,
    next_payment_attempt: null,
    status: 'void',
    status_transitions: { ...open.status_transitions, voided_at: at },
  });
  returnBalance(account, open, at);
  account.emit('invoice.voided', showInvoice(account, voided), at);
  raiseSubscription(account, voided, at);
  return voided;
}
