import type { Account } from '../account.js';
import { showInvoice } from '../resources/invoiceBody.js';
import { showSubscription } from '../resources/subscriptionBody.js';
import { newId } from '../state/ids.js';
import type { Kinds } from '../state/records.js';

const DAY_SECONDS = 86_400;
/** Days from a failed payment to its next automatic attempt; after the last there is none. */
const RETRY_DAYS = [3, 5, 7] as const;

type Invoice = Kinds['invoice'];
type PaymentMethod = Kinds['paymentMethod'];

/** Subscription an invoice belongs to, if any. */
export function subscriptionOf(account: Account, invoice: Invoice) {
  const id = invoice.parent?.subscription_details?.subscription;
  return id ? account.store.get('subscription', id) : undefined;
}

/** The method an invoice is charged to: its own, its subscription's, its customer's default. */
export function methodFor(account: Account, invoice: Invoice): PaymentMethod | undefined {
  const customer = account.store.get('customer', invoice.customer ?? '');
  const id =
    invoice.default_payment_method ??
    subscriptionOf(account, invoice)?.default_payment_method ??
    customer?.invoice_settings.default_payment_method;
  return id ? account.store.get('paymentMethod', id) : undefined;
}

/**
 * Tries to charge an open invoice. Answers the decline code, null when it is paid, or
 * `no_payment_method`.
 */
export function charge(
  account: Account,
  id: string,
  at: number,
  method = methodFor(account, account.store.need('invoice', id)),
): string | null {
  const declined = method ? method.hidden.declineOnCharge : 'no_payment_method';
  if (declined === null) settle(account, id, at);
  else recordFailure(account, id, at);
  return declined;
}

/** Marks an invoice as paid: what is due, or nothing where nothing is. */
export function settle(account: Account, id: string, at: number, outOfBand = false): Invoice {
  const open = account.store.need('invoice', id);
  const charged = open.amount_due > 0 && !outOfBand;
  const paid = account.store.patch('invoice', id, {
    amount_paid: open.amount_due,
    amount_remaining: 0,
    attempt_count: charged ? open.attempt_count + 1 : open.attempt_count,
    attempted: true,
    auto_advance: false,
    next_payment_attempt: null,
    status: 'paid',
    status_transitions: { ...open.status_transitions, paid_at: at },
  });
  if (charged) recordPayment(account, paid, at);
  const body = showInvoice(account, paid);
  account.emit('invoice.paid', body, at);
  if (charged) account.emit('invoice.payment_succeeded', body, at);
  raiseSubscription(account, paid, at);
  return paid;
}

function recordPayment(account: Account, invoice: Invoice, at: number): void {
  const payment = account.store.put('invoicePayment', {
    id: newId('inpay'),
    object: 'invoice_payment',
    amount_paid: invoice.amount_due,
    amount_requested: invoice.amount_due,
    created: at,
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: true,
    livemode: false,
    payment: { type: 'payment_intent', payment_intent: newId('pi') },
    status: 'paid',
    status_transitions: { canceled_at: null, paid_at: at },
  });
  account.emit('invoice_payment.paid', payment, at);
}

function recordFailure(account: Account, id: string, at: number): void {
  const open = account.store.need('invoice', id);
  const days = RETRY_DAYS[open.attempt_count];
  const retries = open.auto_advance === true && days !== undefined;
  const failed = account.store.patch('invoice', id, {
    attempt_count: open.attempt_count + 1,
    attempted: true,
    next_payment_attempt: retries ? at + days * DAY_SECONDS : null,
  });
  account.emit('invoice.payment_failed', showInvoice(account, failed), at);
  const subscription = subscriptionOf(account, failed);
  if (subscription?.status === 'active') setStatus(account, subscription.id, 'past_due', at);
}

/** A paid invoice lifts its subscription out of `incomplete` or `past_due`. */
function raiseSubscription(account: Account, invoice: Invoice, at: number): void {
  const subscription = subscriptionOf(account, invoice);
  if (!subscription || !['incomplete', 'past_due'].includes(subscription.status)) return;
  const owed = account.store
    .group('invoice', subscription.customer)
    .some(
      (other) =>
        other.status === 'open' &&
        other.attempted &&
        other.parent?.subscription_details?.subscription === subscription.id,
    );
  if (!owed) setStatus(account, subscription.id, 'active', at);
}

function setStatus(
  account: Account,
  id: string,
  status: 'active' | 'past_due',
  at: number,
): void {
  const before = account.store.need('subscription', id);
  const after = account.store.patch('subscription', id, {
    status,
    hidden: { ...before.hidden, expiresAt: null },
  });
  const previous = { status: before.status };
  account.emit('customer.subscription.updated', showSubscription(account, after), at, previous);
}
