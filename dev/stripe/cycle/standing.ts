import type { Account } from '../account.js';
import { showSubscription } from '../resources/subscriptionBody.js';
import type { Kinds } from '../state/records.js';

type Invoice = Kinds['invoice'];

const RAISED = ['incomplete', 'past_due', 'unpaid'];

/** Subscription an invoice belongs to, if any. */
export function subscriptionOf(account: Account, invoice: Invoice) {
  const id = invoice.parent?.subscription_details?.subscription;
  return id ? account.store.get('subscription', id) : undefined;
}

/** The subscription whose most recent invoice this is: its status follows that one alone. */
export function standingOn(account: Account, invoice: Invoice) {
  const subscription = subscriptionOf(account, invoice);
  return subscription?.latest_invoice === invoice.id ? subscription : undefined;
}

/**
 * The most recent invoice, paid, void or given up, lifts its subscription out of `incomplete`,
 * `past_due` or `unpaid`; older ones do not, be they paid or open
 * (docs.stripe.com/billing/subscriptions/overview, unpaid subscriptions).
 */
export function raiseSubscription(account: Account, invoice: Invoice, at: number): void {
  const subscription = standingOn(account, invoice);
  if (!subscription || !RAISED.includes(subscription.status)) return;
  if (subscription.status === 'incomplete' && invoice.status !== 'paid') return;
  setStatus(account, subscription.id, 'active', at);
}

/** Sets the status of a subscription and tells it. */
export function setStatus(
  account: Account,
  id: string,
  status: 'active' | 'past_due' | 'unpaid',
  at: number,
): void {
  const before = account.store.need('subscription', id);
  if (before.status === status) return;
  const after = account.store.patch('subscription', id, {
    status,
    hidden: { ...before.hidden, expiresAt: null },
  });
  const previous = { status: before.status };
  account.emit('customer.subscription.updated', showSubscription(account, after), at, previous);
}

/** Whether the customer's last automatic payment failed (Customers.d.ts `delinquent`). */
export function setDelinquent(account: Account, invoice: Invoice, on: boolean, at: number): void {
  const customer = account.store.get('customer', invoice.customer ?? '');
  if (!customer || Boolean(customer.delinquent) === on) return;
  const after = account.store.patch('customer', customer.id, { delinquent: on });
  account.emit('customer.updated', after, at, { delinquent: !on });
}
