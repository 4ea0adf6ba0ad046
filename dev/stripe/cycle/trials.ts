import type { Account } from '../account.js';
import { itemsOf } from '../resources/subscriptionItems.js';
import { showSubscription } from '../resources/subscriptionBody.js';
import type { Kinds } from '../state/records.js';
import { endSubscription } from './ending.js';
import { type PaymentBehaviour, invoiceNow } from './immediate.js';
import { openPeriod } from './periods.js';

/** How long ahead a trial's end is announced (docs.stripe.com/billing/subscriptions/trials). */
export const NOTICE_SECONDS = 3 * 86_400;

type Subscription = Kinds['subscription'];

/** Announces the end of a trial, once. */
export function announceTrialEnd(account: Account, id: string, at: number): void {
  const { hidden } = account.store.need('subscription', id);
  const told = account.store.patch('subscription', id, { hidden: { ...hidden, noticeAt: null } });
  account.emit('customer.subscription.trial_will_end', showSubscription(account, told), at);
}

/** Whether anything can be charged when the trial ends. */
function hasMethod(account: Account, subscription: Subscription): boolean {
  const customer = account.store.get('customer', subscription.customer);
  const method =
    subscription.default_payment_method ?? customer?.invoice_settings.default_payment_method;
  return Boolean(method);
}

/**
 * What a trial that is over becomes: `active`, or without a payment method what
 * `trial_settings.end_behavior` says (docs.stripe.com/billing/subscriptions/trials/free-trials).
 */
export function trialOutcome(
  account: Account,
  subscription: Subscription,
): 'active' | 'canceled' | 'paused' {
  if (hasMethod(account, subscription)) return 'active';
  const { missing_payment_method: wish } = subscription.trial_settings?.end_behavior ?? {};
  if (wish === 'cancel') return 'canceled';
  return wish === 'pause' ? 'paused' : 'active';
}

/**
 * Ends a trial at its time. Usage of the trial is billed nowhere (docs: trials, usage-based).
 * @returns whether a paid period opens with it.
 */
export function endTrial(account: Account, id: string, at: number): boolean {
  const before = account.store.need('subscription', id);
  const outcome = trialOutcome(account, before);
  if (outcome === 'canceled') {
    endSubscription(account, id, at);
    return false;
  }
  const hidden = { ...before.hidden, noticeAt: null };
  const after = account.store.patch('subscription', id, { status: outcome, hidden });
  if (outcome === 'paused') {
    account.emit('customer.subscription.paused', showSubscription(account, after), at);
    return false;
  }
  for (const item of itemsOf(account, id)) {
    account.store.patch('subscriptionItem', item.id, { hidden: { countsFrom: at } });
  }
  return true;
}

/** Ends a trial before its time, or wakes a paused subscription: a paid period opens now. */
export function startPaying(
  account: Account,
  id: string,
  now: number,
  behaviour: PaymentBehaviour,
): void {
  const before = account.store.need('subscription', id);
  for (const item of itemsOf(account, id)) {
    account.store.patch('subscriptionItem', item.id, { hidden: { countsFrom: now } });
  }
  const started = account.store.patch('subscription', id, {
    billing_cycle_anchor: now,
    hidden: { ...before.hidden, noticeAt: null },
    status: 'active',
    ...(before.status === 'trialing' ? { trial_end: now } : {}),
  });
  openPeriod(account, started, 0);
  const plan = { reason: 'subscription_update', at: now, base: true, usage: [] } as const;
  invoiceNow(account, id, { ...plan, behaviour });
}
