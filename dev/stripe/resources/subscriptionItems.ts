import type Stripe from 'stripe';
import type { Account } from '../account.js';
import { missing } from '../http/failure.js';
import { type Call, type Route, idAt } from '../http/call.js';
import { page, pageRequest } from '../http/pages.js';
import type { Kinds } from '../state/records.js';
import { type Wire, withoutHidden } from '../wire.js';
import { showPrice } from './prices.js';

type Item = Kinds['subscriptionItem'];
type Price = Kinds['price'];

/** Items of a subscription, in the order they were given. */
export function itemsOf(account: Account, subscription: string): Item[] {
  return account.store.group('subscriptionItem', subscription);
}

/** The price of an item. */
export function priceOfItem(account: Account, item: Item): Price {
  return account.store.need('price', item.price);
}

/** Whether an item bills usage of a meter. */
export function isMetered(account: Account, item: Item): boolean {
  return priceOfItem(account, item).recurring?.usage_type === 'metered';
}

/** The old form of a price, which items still carry. */
function planOf(price: Price): Omit<Wire<Stripe.Plan>, 'tiers'> {
  const transform = price.transform_quantity;
  return {
    id: price.id,
    object: 'plan',
    active: price.active,
    amount: price.unit_amount,
    amount_decimal: price.unit_amount_decimal,
    billing_scheme: price.billing_scheme,
    created: price.created,
    currency: price.currency,
    interval: price.recurring?.interval ?? 'month',
    interval_count: price.recurring?.interval_count ?? 1,
    livemode: false,
    metadata: price.metadata,
    meter: price.recurring?.meter ?? null,
    nickname: price.nickname,
    product: price.product,
    tiers_mode: price.tiers_mode,
    transform_usage: transform ? { divide_by: transform.divide_by, round: transform.round } : null,
    trial_period_days: null,
    usage_type: price.recurring?.usage_type ?? 'licensed',
  };
}

/** An item as it is answered, its price in it. */
export function showItem(account: Account, item: Item): object {
  const price = account.store.need('price', item.price);
  return { ...withoutHidden(item), plan: planOf(price), price: showPrice(price) };
}

function itemOf(call: Call): Item {
  const item = call.account.store.get('subscriptionItem', idAt(call, 0));
  if (!item) throw missing('subscription item', idAt(call, 0));
  return item;
}

function list(call: Call): object {
  const { account, params } = call;
  const subscription = params.needText('subscription');
  if (!account.store.get('subscription', subscription)) {
    throw missing('subscription', subscription, 'subscription');
  }
  const rows = itemsOf(account, subscription);
  return page(call, rows, pageRequest(params), (item) => showItem(account, item));
}

/** Endpoints of subscription items; they are changed through their subscription. */
export const subscriptionItemRoutes: readonly Route[] = [
  ['GET', '/v1/subscription_items', list],
  ['GET', '/v1/subscription_items/:id', (call) => showItem(call.account, itemOf(call))],
];
