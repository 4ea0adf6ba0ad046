import type { Account } from '../account.js';
import { boundarySeconds } from '../calendar.js';
import { type PaymentBehaviour, invoiceNow } from '../cycle/immediate.js';
import { badParameter, badRequest, missing } from '../http/failure.js';
import { type Call, type Route, idAt } from '../http/call.js';
import type { Params } from '../http/params.js';
import { newId } from '../state/ids.js';
import type { Kinds } from '../state/records.js';
import { type ItemRequest, itemRequest, putItem, refuseMixture } from './itemRequests.js';
import { intervalOf } from './prices.js';
import { blankSubscription, showSubscription } from './subscriptionBody.js';
import { noticeAt, trialEndOf, trialSettingsOf } from './trialRequests.js';

const INCOMPLETE_SECONDS = 23 * 3600;
const BEHAVIOURS = ['allow_incomplete', 'default_incomplete', 'error_if_incomplete'] as const;

type Subscription = Kinds['subscription'];

/** The subscription in the path; 404 for an unknown one. */
export function subscriptionOf(call: Call): Subscription {
  const subscription = call.account.store.get('subscription', idAt(call, 0));
  if (!subscription) throw missing('subscription', idAt(call, 0));
  return subscription;
}

/** The payment behaviour asked for. */
export function behaviourOf(params: Params): PaymentBehaviour {
  return params.choice('payment_behavior', BEHAVIOURS) ?? 'allow_incomplete';
}

/** Reads what this sandbox has one position for, and refuses the others. */
export function refuseOthers(params: Params): void {
  params.choice('collection_method', ['charge_automatically']);
  const mode = params.child('billing_mode');
  mode?.needChoice('type', ['flexible']);
  mode?.child('flexible')?.choice('proration_discounts', ['included', 'itemized']);
  params.flag('off_session');
  const payment = params.child('payment_settings');
  payment?.choice('save_default_payment_method', ['off', 'on_subscription']);
  payment?.texts('payment_method_types');
  params.choice('proration_behavior', ['always_invoice', 'create_prorations', 'none']);
}

/** The customer's own payment method that is asked for; undefined: none is. */
export function paymentMethodOf(account: Account, params: Params, customer: string) {
  const id = params.text('default_payment_method');
  if (!id) return id;
  const method = account.store.get('paymentMethod', id);
  if (method?.customer === customer) return id;
  throw missing('PaymentMethod', id, 'default_payment_method');
}

/** What a new subscription is made of, whoever asks: the API or a Checkout page. */
export interface NewSubscription {
  readonly customer: Kinds['customer'];
  readonly items: readonly ItemRequest[];
  readonly behaviour: PaymentBehaviour;
  readonly trialEnd: number | null;
  readonly fields: Pick<
    Subscription,
    | 'cancel_at_period_end'
    | 'default_payment_method'
    | 'description'
    | 'metadata'
    | 'trial_settings'
  >;
}

function create({ account, params }: Call): object {
  const customer = account.customer(params.needText('customer'), 'customer');
  account.needStill(customer.id);
  refuseOthers(params);
  const items = (params.children('items') ?? []).map((item) => itemRequest(account, item));
  const currency = params.text('currency');
  if (currency && items[0] && items[0].price.currency !== currency) {
    throw badParameter('currency', `The prices are in ${items[0].price.currency}.`);
  }
  const made = makeSubscription(account, {
    customer,
    items,
    behaviour: behaviourOf(params),
    trialEnd: trialEndOf(params, account.now(customer.id)),
    fields: {
      cancel_at_period_end: params.flag('cancel_at_period_end') ?? false,
      default_payment_method: paymentMethodOf(account, params, customer.id) ?? null,
      description: params.text('description', 500) ?? null,
      metadata: params.metadata(),
      trial_settings: trialSettingsOf(params),
    },
  });
  return showSubscription(account, made);
}

/** Makes a subscription from now on and its first invoice. Throws what refuses it. */
export function makeSubscription(account: Account, plan: NewSubscription): Subscription {
  const { customer, behaviour } = plan;
  refuseMixture(plan.items.map((request) => request.price));
  refuseSecondCurrency(account, plan);
  const now = account.now(customer.id);
  const { id, currency, status } = putSubscription(account, plan, now);
  account.store.patch('customer', customer.id, { currency });
  const trial = status === 'trialing';
  const base = !trial || account.switches.trialInvoices;
  const first = { reason: 'subscription_create', at: now, base, usage: [] } as const;
  const invoice = invoiceNow(account, id, { ...first, behaviour });
  if (invoice?.status === 'open' && !trial) markIncomplete(account, id, now);
  const made = account.store.need('subscription', id);
  account.emit('customer.subscription.created', showSubscription(account, made), now);
  return made;
}

/** One currency at a time for a customer (Customers.d.ts `currency`). */
function refuseSecondCurrency(account: Account, { customer, items }: NewSubscription): void {
  const currency = items[0]?.price.currency;
  const other = account.store
    .group('subscription', customer.id)
    .find((row) => row.ended_at === null && row.currency !== currency);
  if (!other) return;
  throw badRequest(
    `You cannot combine currencies on a single customer. This customer has an active ` +
      `subscription with currency ${other.currency}.`,
  );
}

function putSubscription(account: Account, plan: NewSubscription, now: number): Subscription {
  const price = plan.items[0]?.price;
  if (!price) throw badParameter('items', 'Missing required param: items.');
  const { customer, trialEnd } = plan;
  const period = { start: now, end: trialEnd ?? boundarySeconds(now, intervalOf(price), 1) };
  const blank = blankSubscription({
    ...plan.fields,
    id: newId('sub'),
    billing_cycle_anchor: trialEnd ?? now,
    cancel_at: plan.fields.cancel_at_period_end ? period.end : null,
    created: now,
    currency: price.currency,
    customer: customer.id,
    start_date: now,
    status: trialEnd === null ? 'active' : 'trialing',
    test_clock: customer.test_clock ?? null,
    trial_end: trialEnd,
    trial_start: trialEnd === null ? null : now,
  });
  // The trial is a period before the first one of the cycle.
  const index = trialEnd === null ? 0 : -1;
  const hidden = { ...blank.hidden, index, noticeAt: noticeAt(trialEnd, now) };
  const subscription = account.store.put('subscription', { ...blank, hidden });
  for (const request of plan.items) putItem(account, subscription.id, request, period, now);
  return subscription;
}

function markIncomplete(account: Account, id: string, now: number): void {
  const { hidden } = account.store.need('subscription', id);
  account.store.patch('subscription', id, {
    status: 'incomplete',
    hidden: { ...hidden, expiresAt: now + INCOMPLETE_SECONDS },
  });
}

/** Endpoints that make and show one subscription. */
export const subscriptionRoutes: readonly Route[] = [
  ['POST', '/v1/subscriptions', create],
  ['GET', '/v1/subscriptions/:id', (call) => showSubscription(call.account, subscriptionOf(call))],
];
