import type { Account } from '../account.js';
import { periodOf } from '../cycle/periods.js';
import { badParameter, badRequest } from '../http/failure.js';
import type { Call, Route } from '../http/call.js';
import type { Params } from '../http/params.js';
import type { Kinds } from '../state/records.js';
import { changeItems } from './subscriptionChange.js';
import { showSubscription } from './subscriptionBody.js';
import { behaviourOf, paymentMethodOf, refuseOthers, subscriptionOf } from './subscriptions.js';
import { changeTrial, trialSettingsOf } from './trialRequests.js';

const PAUSES = ['keep_as_draft', 'mark_uncollectible', 'void'] as const;

type Subscription = Kinds['subscription'];

function update(call: Call): object {
  const { account, params } = call;
  const before = subscriptionOf(call);
  account.needStill(before.customer);
  if (before.ended_at !== null) {
    throw badRequest('A canceled subscription can only update its cancellation_details.');
  }
  refuseOthers(params);
  const now = account.now(before.customer);
  const shown = showSubscription(account, before);
  account.store.patch('subscription', before.id, plainFields(account, params, before));
  const behaviour = behaviourOf(params);
  changeItems(account, params, before.id, behaviour, now);
  changeTrial(account, params, before.id, behaviour, now);
  setCancellation(account, params, before.id, now);
  const after = showSubscription(account, account.store.need('subscription', before.id));
  const previous = formerValues(shown, after);
  account.emit('customer.subscription.updated', after, now, previous);
  return after;
}

/** Fields that stand alone. */
function plainFields(
  account: Account,
  params: Params,
  before: Subscription,
): Partial<Subscription> {
  const method = paymentMethodOf(account, params, before.customer);
  const description = params.text('description', 500);
  const details = params.child('cancellation_details');
  const comment = details?.text('comment');
  details?.text('feedback');
  return {
    metadata: params.metadata(before.metadata),
    description: description === undefined ? before.description : description,
    default_payment_method: method === undefined ? before.default_payment_method : method,
    pause_collection: pauseOf(params, before),
    trial_settings: trialSettingsOf(params, before.trial_settings),
    ...(before.cancellation_details && comment !== undefined
      ? { cancellation_details: { ...before.cancellation_details, comment } }
      : {}),
  };
}

/** Invoices go on, their collection stops (docs.stripe.com/billing/subscriptions/pause-payment). */
function pauseOf(params: Params, before: Subscription): Subscription['pause_collection'] {
  if (!params.has('pause_collection')) return before.pause_collection;
  const pause = params.child('pause_collection');
  if (!pause) return null;
  const resumesAt = pause.integer('resumes_at') ?? null;
  return { behavior: pause.needChoice('behavior', PAUSES), resumes_at: resumesAt };
}

/** `cancel_at_period_end`, or a time; either undone by false or an empty value. */
function setCancellation(account: Account, params: Params, id: string, now: number): void {
  const atEnd = params.flag('cancel_at_period_end');
  const given = params.has('cancel_at') ? params.text('cancel_at') : undefined;
  if (atEnd !== undefined && given !== undefined) {
    const message = 'Only one of cancel_at and cancel_at_period_end can be given.';
    throw badParameter('cancel_at', message, 'parameters_exclusive');
  }
  if (atEnd === undefined && given === undefined) return;
  const { end } = periodOf(account, id);
  const words = ['min_period_end', 'max_period_end'];
  const named = atEnd === true || words.includes(given ?? '');
  const time = given ? () => params.needInteger('cancel_at') : () => null;
  const at = named ? end : time();
  if (at !== null && at <= now) throw badParameter('cancel_at', 'cancel_at must be in the future.');
  setCancelAt(account, id, at, { atPeriodEnd: atEnd === true, now });
}

/** Sets when a subscription ends by itself, Unix seconds; null: it goes on. */
export function setCancelAt(
  account: Account,
  id: string,
  at: number | null,
  how: { readonly atPeriodEnd: boolean; readonly now: number },
): void {
  const before = account.store.need('subscription', id);
  account.store.patch('subscription', id, {
    cancel_at: at,
    cancel_at_period_end: at !== null && how.atPeriodEnd,
    canceled_at: at === null ? null : how.now,
    cancellation_details: before.cancellation_details && {
      ...before.cancellation_details,
      reason: at === null ? null : 'cancellation_requested',
    },
  });
}

/** What an update event shows as `previous_attributes`: former values of what is other now. */
function formerValues(before: object, after: object): object {
  const now = new Map<string, unknown>(Object.entries(after));
  const changed = Object.entries(before).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(now.get(name)),
  );
  return Object.fromEntries(changed);
}

/** The endpoint that changes a subscription. */
export const subscriptionUpdateRoutes: readonly Route[] = [
  ['POST', '/v1/subscriptions/:id', update],
];
