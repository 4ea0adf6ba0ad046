import type { Account } from '../account.js';
import { showInvoice } from '../resources/invoiceBody.js';
import { newId } from '../state/ids.js';
import type { Kinds } from '../state/records.js';
import { endSubscription } from './ending.js';
import {
  raiseSubscription,
  setDelinquent,
  setStatus,
  standingOn,
  subscriptionOf,
} from './standing.js';

const DAY_SECONDS = 86_400;
/** Days from a failed payment to its next automatic attempt; after the last there is none. */
const RETRY_DAYS = [3, 5, 7] as const;

type Invoice = Kinds['invoice'];
type PaymentMethod = Kinds['paymentMethod'];

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
  else recordFailure(account, id, at, declined);
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
  setDelinquent(account, paid, false, at);
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

function recordFailure(account: Account, id: string, at: number, declined: string): void {
  const open = account.store.need('invoice', id);
  // A first invoice is not tried again by itself: its subscription is `incomplete` (docs overview).
  const first = open.billing_reason === 'subscription_create';
  const days = RETRY_DAYS[open.attempt_count];
  const automatic = open.auto_advance === true && !first;
  const failed = account.store.patch('invoice', id, {
    attempt_count: open.attempt_count + 1,
    attempted: true,
    next_payment_attempt: automatic && days !== undefined ? at + days * DAY_SECONDS : null,
  });
  const shown = showInvoice(account, failed);
  account.emit('invoice.payment_failed', shown, at);
  if (declined === 'authentication_required') {
    account.emit('invoice.payment_action_required', shown, at);
  }
  setDelinquent(account, failed, true, at);
  const subscription = subscriptionOf(account, failed);
  if (!subscription || first || subscription.ended_at !== null) return;
  const newest = standingOn(account, failed);
  if (newest?.status === 'active') setStatus(account, subscription.id, 'past_due', at);
  if (automatic && days === undefined) giveUpOn(account, subscription.id, at);
}

/** After the last attempt the account's setting decides (Subscriptions.d.ts `status`). */
function giveUpOn(account: Account, subscription: string, at: number): void {
  const { afterLastRetry } = account.switches;
  if (afterLastRetry !== 'canceled') {
    setStatus(account, subscription, afterLastRetry, at);
    return;
  }
  const reason = { comment: null, feedback: null, feedback_option: null } as const;
  account.store.patch('subscription', subscription, {
    cancellation_details: { ...reason, reason: 'payment_failed' },
  });
  endSubscription(account, subscription, at);
}
