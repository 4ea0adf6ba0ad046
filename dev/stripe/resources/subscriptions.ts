import type { Account } from '../account.js';
import { boundarySeconds } from '../calendar.js';
import { usageSources } from '../cycle/drafts.js';
import { endSubscription } from '../cycle/ending.js';
import { type PaymentBehaviour, invoiceNow } from '../cycle/immediate.js';
import { periodOf } from '../cycle/renewal.js';
import { badParameter, badRequest, missing } from '../http/failure.js';
import { type Call, type Route, idAt } from '../http/call.js';
import { createdFilter, newestFirst, page, pageRequest } from '../http/pages.js';
import type { Params } from '../http/params.js';
import { newId } from '../state/ids.js';
import type { Kinds } from '../state/records.js';
import { type ItemRequest, itemRequest, putItem, refuseMixture } from './itemRequests.js';
import { intervalOf } from './prices.js';
import { blankSubscription, showSubscription } from './subscriptionBody.js';
import { itemsOf } from './subscriptionItems.js';
import { changeItems } from './subscriptionChange.js';

const INCOMPLETE_SECONDS = 23 * 3600;
const BEHAVIOURS = ['allow_incomplete', 'default_incomplete', 'error_if_incomplete'] as const;

type Subscription = Kinds['subscription'];

/** The subscription in the path; 404 for an unknown one. */
function subscriptionOf(call: Call): Subscription {
  const subscription = call.account.store.get('subscription', idAt(call, 0));
  if (!subscription) throw missing('subscription', idAt(call, 0));
  return subscription;
}

/** The payment behaviour asked for. */
function behaviourOf(params: Params): PaymentBehaviour {
  return params.choice('payment_behavior', BEHAVIOURS) ?? 'allow_incomplete';
}

/** Reads what this sandbox has one position for, and refuses the others. */
function refuseOthers(params: Params): void {
  params.choice('collection_method', ['charge_automatically']);
  const mode = params.child('billing_mode');
  mode?.needChoice('type', ['flexible']);
  mode?.child('flexible')?.choice('proration_discounts', ['included', 'itemized']);
  params.flag('off_session');
  const payment = params.child('payment_settings');
  payment?.choice('save_default_payment_method', ['off', 'on_subscription']);
  payment?.texts('payment_method_types');
}

function paymentMethodOf(account: Account, params: Params, customer: string) {
  const id = params.text('default_payment_method');
  if (!id) return id;
  const method = account.store.get('paymentMethod', id);
  if (method?.customer === customer) return id;
  throw missing('PaymentMethod', id, 'default_payment_method');
}

function create(call: Call): object {
  const { account, params } = call;
  const customer = account.customer(params.needText('customer'), 'customer');
  account.needStill(customer.id);
  refuseOthers(params);
  const requests = (params.children('items') ?? []).map((item) => itemRequest(account, item));
  refuseMixture(requests.map((request) => request.price));
  const behaviour = behaviourOf(params);
  const now = account.now(customer.id);
  const subscription = putSubscription(call, customer, requests, now);
  account.store.patch('customer', customer.id, { currency: subscription.currency });
  const plan = { reason: 'subscription_create', at: now, base: true, usage: [] } as const;
  const invoice = invoiceNow(account, subscription.id, { ...plan, behaviour });
  if (invoice?.status === 'open') markIncomplete(account, subscription.id, now);
  const made = account.store.need('subscription', subscription.id);
  account.emit('customer.subscription.created', showSubscription(account, made), now);
  return showSubscription(account, made);
}

function putSubscription(
  { account, params }: Call,
  customer: Kinds['customer'],
  requests: readonly ItemRequest[],
  now: number,
): Subscription {
  const price = requests[0]?.price;
  if (!price) throw badParameter('items', 'Missing required param: items.');
  const period = { start: now, end: boundarySeconds(now, intervalOf(price), 1) };
  const cancels = params.flag('cancel_at_period_end') ?? false;
  const subscription = account.store.put(
    'subscription',
    blankSubscription({
      id: newId('sub'),
      billing_cycle_anchor: now,
      cancel_at: cancels ? period.end : null,
      cancel_at_period_end: cancels,
      created: now,
      currency: params.text('currency') ?? price.currency,
      customer: customer.id,
      default_payment_method: paymentMethodOf(account, params, customer.id) ?? null,
      description: params.text('description', 500) ?? null,
      metadata: params.metadata(),
      start_date: now,
      status: 'active',
      test_clock: customer.test_clock ?? null,
    }),
  );
  for (const request of requests) putItem(account, subscription.id, request, period, now);
  return subscription;
}

function markIncomplete(account: Account, id: string, now: number): void {
  const { hidden } = account.store.need('subscription', id);
  account.store.patch('subscription', id, {
    status: 'incomplete',
    hidden: { ...hidden, expiresAt: now + INCOMPLETE_SECONDS },
  });
}

function update(call: Call): object {
  const { account, params } = call;
  const before = subscriptionOf(call);
  account.needStill(before.customer);
  if (before.ended_at !== null) {
    throw badRequest('A canceled subscription can only update its cancellation_details.');
  }
  refuseOthers(params);
  const method = paymentMethodOf(account, params, before.customer);
  const description = params.text('description', 500);
  const now = account.now(before.customer);
  account.store.patch('subscription', before.id, {
    metadata: params.metadata(before.metadata),
    description: description === undefined ? before.description : description,
    default_payment_method: method === undefined ? before.default_payment_method : method,
  });
  changeItems(account, params, before.id, behaviourOf(params), now);
  setCancelAtEnd(account, before.id, params.flag('cancel_at_period_end'), now);
  const after = account.store.need('subscription', before.id);
  account.emit('customer.subscription.updated', showSubscription(account, after), now);
  return showSubscription(account, after);
}

function setCancelAtEnd(account: Account, id: string, cancels: boolean | undefined, now: number) {
  if (cancels === undefined) return;
  const { end } = periodOf(account, id);
  account.store.patch('subscription', id, {
    cancel_at: cancels ? end : null,
    cancel_at_period_end: cancels,
    canceled_at: cancels ? now : null,
  });
}

/** Ends a subscription at once; its open usage is billed only with `invoice_now`. */
function cancel(call: Call): object {
  const { account, params } = call;
  const before = subscriptionOf(call);
  account.needStill(before.customer);
  if (before.ended_at !== null) throw missing('subscription', before.id);
  const now = account.now(before.customer);
  if (params.flag('prorate')) throw badParameter('prorate', 'This sandbox does not prorate.');
  params.child('cancellation_details')?.text('comment');
  if (params.flag('invoice_now')) {
    const usage = usageSources(account, before, { ...periodOf(account, before.id), end: now });
    const plan = { reason: 'manual', at: now, base: false, usage } as const;
    invoiceNow(account, before.id, { ...plan, behaviour: 'allow_incomplete' });
  }
  return showSubscription(account, endSubscription(account, before.id, now));
}

/** Canceled ones are left out unless asked for; test clocks' too (Subscriptions.d.ts). */
function list(call: Call): object {
  const { account, params } = call;
  const customer = params.text('customer');
  const clock = params.text('test_clock') ?? null;
  const status = params.text('status');
  const price = params.text('price');
  const created = createdFilter(params);
  const rows = (customer ? account.store.group('subscription', customer) : all(account))
    .filter((row) => (clock === null && customer) || row.test_clock === clock)
    .filter((row) => fitsStatus(row, status))
    .filter((row) => !price || itemsOf(account, row.id).some((item) => item.price === price))
    .filter((row) => created(row.created));
  const show = (row: Subscription) => showSubscription(account, row);
  return page(call, newestFirst(rows), pageRequest(params), show);
}

function all(account: Account): Subscription[] {
  return account.store.all('subscription');
}

function fitsStatus(row: Subscription, status: string | null | undefined): boolean {
  if (!status) return row.status !== 'canceled' && row.status !== 'incomplete_expired';
  if (status === 'all') return true;
  if (status === 'ended') return row.ended_at !== null;
  return row.status === status;
}

/** Endpoints of subscriptions. */
export const subscriptionRoutes: readonly Route[] = [
  ['POST', '/v1/subscriptions', create],
  ['GET', '/v1/subscriptions', list],
  ['GET', '/v1/subscriptions/:id', (call) => showSubscription(call.account, subscriptionOf(call))],
  ['POST', '/v1/subscriptions/:id', update],
  ['DELETE', '/v1/subscriptions/:id', cancel],
];
