import { badParameter, badRequest, missing } from '../http/failure.js';
import { type Call, type Route, idAt } from '../http/call.js';
import { createdFilter, newestFirst, page, pageRequest } from '../http/pages.js';
import type { Account } from '../account.js';
import type { Params } from '../http/params.js';
import { newId } from '../state/ids.js';
import type { CheckoutPlan, Kinds } from '../state/records.js';
import { withoutHidden } from '../wire.js';
import { blankCheckout } from './checkoutBody.js';
import { type ItemRequest, itemRequest, refuseMixture } from './itemRequests.js';
import { showPrice } from './prices.js';
import { trialEndOf, trialSettingsOf } from './trialRequests.js';

const DAY_SECONDS = 86_400;
const EXPIRES_MIN_SECONDS = 1800;

type Session = Kinds['checkoutSession'];

/** Reads what the subscription is to be. */
function planOf(account: Account, params: Params, now: number): CheckoutPlan {
  const items = params.children('line_items') ?? [];
  const requests = items.map((item) => itemRequest(account, item));
  refuseMixture(requests.map((request) => request.price));
  const data = params.child('subscription_data');
  data?.child('billing_mode')?.needChoice('type', ['flexible']);
  const trialEnd = data ? trialEndOf(data, now) : null;
  return {
    items: requests.map(({ price, quantity }) => ({ price: price.id, quantity })),
    metadata: data?.metadata() ?? {},
    description: data?.text('description', 500) ?? null,
    // Days count from the completion, a time is a time.
    trialDays: data?.integer('trial_period_days') ?? null,
    trialEnd: data?.has('trial_end') ? trialEnd : null,
    trialSettings: data ? trialSettingsOf(data) : null,
  };
}

/** Between 30 minutes and 24 hours ahead (docs: payments/checkout/managing-limited-inventory). */
function expiryOf(params: Params, now: number): number {
  const given = params.integer('expires_at') ?? now + DAY_SECONDS;
  if (given >= now + EXPIRES_MIN_SECONDS && given <= now + DAY_SECONDS) return given;
  throw badParameter('expires_at', 'expires_at must be 30 minutes to 24 hours from now.');
}

/** Reads what makes no difference here, and refuses other kinds of sessions. */
function refuseOthers(params: Params): void {
  if (params.needChoice('mode', ['payment', 'setup', 'subscription']) !== 'subscription') {
    throw badParameter('mode', 'This sandbox has sessions of mode=subscription only.');
  }
  params.choice('ui_mode', ['hosted_page']);
  params.flag('allow_promotion_codes');
  params.text('locale');
  params.choice('billing_address_collection', ['auto', 'required']);
}

function create({ account, params }: Call): object {
  refuseOthers(params);
  const customerId = params.text('customer') ?? null;
  const email = params.text('customer_email', 512) ?? null;
  if (customerId && email) {
    const message = 'You may only specify one of these parameters: customer, customer_email.';
    throw badParameter('customer', message, 'parameters_exclusive');
  }
  const customer = customerId ? account.customer(customerId, 'customer') : null;
  account.needStill(customerId);
  const now = account.now(customerId);
  const plan = planOf(account, params, now);
  const id = newId('cs_test');
  const session = account.store.put('checkoutSession', {
    ...blankCheckout(totalOf(account, plan)),
    id,
    cancel_url: params.text('cancel_url') ?? null,
    client_reference_id: params.text('client_reference_id', 200) ?? null,
    created: now,
    currency: account.store.need('price', plan.items[0]?.price ?? '').currency,
    customer: customer?.id ?? null,
    customer_creation: customer ? null : 'always',
    customer_email: email,
    expires_at: expiryOf(params, now),
    hidden: plan,
    metadata: params.metadata(),
    payment_method_collection:
      params.choice<'always' | 'if_required'>(
        'payment_method_collection',
        ['always', 'if_required'],
      ) ?? 'always',
    success_url: params.needText('success_url'),
    url: `${account.url}/_sandbox/checkout/${id}`,
  });
  return withoutHidden(session);
}

/** What is due when it is completed: the base, or nothing while on trial. */
function totalOf(account: Account, plan: CheckoutPlan): number {
  if (plan.trialDays !== null || plan.trialEnd !== null) return 0;
  return requestsOf(account, plan).reduce(
    (sum, { price, quantity }) => sum + (price.unit_amount ?? 0) * (quantity ?? 0),
    0,
  );
}

/** The items of a session's subscription. */
export function requestsOf(account: Account, plan: CheckoutPlan): ItemRequest[] {
  return plan.items.map(({ price, quantity }) => ({
    price: account.store.need('price', price),
    quantity,
    metadata: {},
  }));
}

function sessionOf(call: Call): Session {
  const session = call.account.store.get('checkoutSession', idAt(call, 0));
  if (!session) throw missing('checkout.session', idAt(call, 0));
  return session;
}

/** Ends an open session; it makes no subscription any more. */
export function expireSession(account: Account, id: string, at: number): Session {
  const expired = account.store.patch('checkoutSession', id, { status: 'expired', url: null });
  account.emit('checkout.session.expired', withoutHidden(expired), at);
  return expired;
}

function expire(call: Call): object {
  const { account } = call;
  const session = sessionOf(call);
  if (session.status !== 'open') throw badRequest('Only open Checkout Sessions can be expired.');
  return withoutHidden(expireSession(account, session.id, account.now(session.customer)));
}

function list(call: Call): object {
  const { store } = call.account;
  const customer = call.params.text('customer');
  const subscription = call.params.text('subscription');
  const status = call.params.choice('status', ['complete', 'expired', 'open']);
  const created = createdFilter(call.params);
  const rows = (customer ? store.group('checkoutSession', customer) : store.all('checkoutSession'))
    .filter((row) => !subscription || row.subscription === subscription)
    .filter((row) => !status || row.status === status)
    .filter((row) => created(row.created));
  return page(call, newestFirst(rows), pageRequest(call.params), withoutHidden);
}

function listItems(call: Call): object {
  const session = sessionOf(call);
  const rows = requestsOf(call.account, session.hidden).map(({ price, quantity }, index) => ({
    id: `li_${session.id.slice(-12)}${index}`,
    object: 'item',
    amount_subtotal: (price.unit_amount ?? 0) * (quantity ?? 0),
    amount_total: (price.unit_amount ?? 0) * (quantity ?? 0),
    currency: price.currency,
    price: showPrice(price),
    quantity,
  }));
  return page(call, rows, pageRequest(call.params), (row) => row);
}

/** Endpoints of Checkout Sessions. */
export const checkoutSessionRoutes: readonly Route[] = [
  ['POST', '/v1/checkout/sessions', create],
  ['GET', '/v1/checkout/sessions', list],
  ['GET', '/v1/checkout/sessions/:id', (call) => withoutHidden(sessionOf(call))],
  ['GET', '/v1/checkout/sessions/:id/line_items', listItems],
  ['POST', '/v1/checkout/sessions/:id/expire', expire],
];
