import type { Account } from '../account.js';
import { invoiceNow } from '../cycle/immediate.js';
import { billUsageSoFar, creditUnused } from '../cycle/prorations.js';
import { periodOf } from '../cycle/periods.js';
import { startPaying } from '../cycle/trials.js';
import { badRequest } from '../http/failure.js';
import type { Call, Route } from '../http/call.js';
import type { Kinds } from '../state/records.js';
import { showSubscription } from './subscriptionBody.js';
import { isMetered, itemsOf } from './subscriptionItems.js';
import { subscriptionOf } from './subscriptions.js';

type Subscription = Kinds['subscription'];

/** What is settled with a pause. */
interface Settling {
  readonly usage: 'none' | 'now';
  /** From when unused time is credited, Unix seconds; null: it is not. */
  readonly unusedFrom: number | null;
}

/**
 * Pauses a subscription: no period opens and no invoice is made until it is resumed. Usage so far
 * is billed and unused time credited unless said otherwise (SubscriptionPauseParams `bill_for`).
 */
function pause(call: Call): object {
  const { account, params } = call;
  const before = subscriptionOf(call);
  account.needStill(before.customer);
  params.choice('type', ['subscription']);
  if (!['active', 'past_due', 'trialing'].includes(before.status)) {
    throw badRequest(`A subscription that is ${before.status} cannot be paused.`);
  }
  const invoicing = params.choice('invoicing_behavior', ['invoice', 'pending_invoice_item']);
  const now = account.now(before.customer);
  settleAll(account, before, settlingOf(call, before, now), now);
  const hidden = { ...before.hidden, noticeAt: null };
  account.store.patch('subscription', before.id, { status: 'paused', hidden });
  if (invoicing === 'invoice') {
    const plan = { reason: 'subscription_update', at: now, base: false, usage: [] } as const;
    invoiceNow(account, before.id, { ...plan, behaviour: 'allow_incomplete' });
  }
  const paused = showSubscription(account, account.store.need('subscription', before.id));
  account.emit('customer.subscription.paused', paused, now);
  account.emit('customer.subscription.updated', paused, now, { status: before.status });
  return paused;
}

function settlingOf({ account, params }: Call, subscription: Subscription, now: number): Settling {
  const billed = params.child('bill_for');
  const usage = billed
    ?.child('outstanding_usage_through')
    ?.needChoice<'none' | 'now'>('type', ['none', 'now']);
  const unused = billed
    ?.child('unused_time_from')
    ?.needChoice('type', ['item_current_period_start', 'none', 'now']);
  const { start } = periodOf(account, subscription.id);
  const from = unused === 'item_current_period_start' ? start : now;
  return { usage: usage ?? 'now', unusedFrom: unused === 'none' ? null : from };
}

function settleAll(account: Account, owner: Subscription, how: Settling, now: number): void {
  if (owner.status === 'trialing') return;
  for (const item of itemsOf(account, owner.id)) {
    if (!isMetered(account, item)) {
      if (how.unusedFrom !== null) creditUnused(account, owner, item, how.unusedFrom);
    } else if (how.usage === 'now') {
      billUsageSoFar(account, owner, item, now);
    }
  }
}

/** Opens a paid period for a paused subscription (docs: subscriptions/pause, …/free-trials). */
function resume(call: Call): object {
  const { account, params } = call;
  const before = subscriptionOf(call);
  account.needStill(before.customer);
  params.child('billing_cycle_anchor')?.needChoice('type', ['now']);
  params.choice('payment_behavior', ['resume_on_payment_attempt']);
  params.choice('proration_behavior', ['always_invoice', 'create_prorations', 'none']);
  if (before.status !== 'paused') throw badRequest('Only paused subscriptions can be resumed.');
  const now = account.now(before.customer);
  startPaying(account, before.id, now, 'allow_incomplete');
  const after = showSubscription(account, account.store.need('subscription', before.id));
  account.emit('customer.subscription.resumed', after, now);
  account.emit('customer.subscription.updated', after, now, { status: 'paused' });
  return after;
}

/** Endpoints that pause a subscription and wake it. */
export const subscriptionPauseRoutes: readonly Route[] = [
  ['POST', '/v1/subscriptions/:id/pause', pause],
  ['POST', '/v1/subscriptions/:id/resume', resume],
];
