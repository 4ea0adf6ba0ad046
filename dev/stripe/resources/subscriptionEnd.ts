import type { Account } from '../account.js';
import { usageSources } from '../cycle/drafts.js';
import { endSubscription } from '../cycle/ending.js';
import { invoiceNow } from '../cycle/immediate.js';
import { creditUnused } from '../cycle/prorations.js';
import { periodOf } from '../cycle/periods.js';
import { missing } from '../http/failure.js';
import type { Call, Route } from '../http/call.js';
import type { Kinds } from '../state/records.js';
import { showSubscription } from './subscriptionBody.js';
import { itemsOf } from './subscriptionItems.js';
import { subscriptionOf } from './subscriptions.js';

/**
 * Ends a subscription at once. Its open usage is billed only with `invoice_now`, its unused time
 * credited only with `prorate`; both are false unless said (SubscriptionCancelParams).
 */
function cancel(call: Call): object {
  const { account, params } = call;
  const before = subscriptionOf(call);
  account.needStill(before.customer);
  if (before.ended_at !== null) throw missing('subscription', before.id);
  const now = account.now(before.customer);
  const details = params.child('cancellation_details');
  const comment = details?.text('comment') ?? null;
  details?.text('feedback');
  if (params.flag('prorate')) creditAll(account, before, now);
  if (params.flag('invoice_now')) invoiceRest(account, before, now);
  const requested = { comment, feedback: null, feedback_option: null } as const;
  account.store.patch('subscription', before.id, {
    cancellation_details: { ...requested, reason: 'cancellation_requested' },
  });
  return showSubscription(account, endSubscription(account, before.id, now));
}

function creditAll(account: Account, subscription: Kinds['subscription'], now: number): void {
  for (const item of itemsOf(account, subscription.id)) {
    creditUnused(account, subscription, item, now);
  }
}

/** Usage of a trial is billed nowhere, here too. */
function invoiceRest(account: Account, subscription: Kinds['subscription'], now: number): void {
  const trial = subscription.status === 'trialing';
  const span = { ...periodOf(account, subscription.id), end: now };
  const usage = trial ? [] : usageSources(account, subscription, span);
  const plan = { reason: 'manual', at: now, base: false, usage } as const;
  invoiceNow(account, subscription.id, { ...plan, behaviour: 'allow_incomplete' });
}

/** The endpoint that ends a subscription. */
export const subscriptionEndRoutes: readonly Route[] = [
  ['DELETE', '/v1/subscriptions/:id', cancel],
];
