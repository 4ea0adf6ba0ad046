import type { Account } from '../account.js';
import { badParameter, missing } from '../http/failure.js';
import type { Params } from '../http/params.js';
import { newId } from '../state/ids.js';
import type { Kinds } from '../state/records.js';
import { intervalOf } from './prices.js';

/** Items of a subscription as they are asked for, and what Stripe refuses about them. */

const ITEMS_MAX = 20;

type Price = Kinds['price'];
type Item = Kinds['subscriptionItem'];

/** An item asked for, its price checked. */
export interface ItemRequest {
  readonly price: Price;
  readonly quantity: number | null;
  readonly metadata: Record<string, string>;
}

/** Reads `price`, `quantity` and `metadata` of one item. */
export function itemRequest(account: Account, params: Params, former?: Item): ItemRequest {
  const given = params.text('price') ?? former?.price;
  if (!given) throw badParameter(params.name('price'), 'Missing required param: price.');
  const price = account.store.get('price', given);
  if (!price) throw missing('price', given, params.name('price'));
  if (!price.recurring) {
    throw badParameter(params.name('price'), `The price ${given} is not recurring.`);
  }
  if (!price.active && former?.price !== given) {
    throw badParameter(params.name('price'), `The price ${given} is inactive.`);
  }
  const quantity = params.integer('quantity');
  const metered = price.recurring.usage_type === 'metered';
  if (metered && quantity !== undefined) {
    const message = 'Quantity should not be specified where usage_type is `metered`.';
    throw badParameter(params.name('quantity'), message);
  }
  const metadata = params.metadata(former?.metadata);
  return { price, quantity: metered ? null : (quantity ?? former?.quantity ?? 1), metadata };
}

/** What all items of a subscription must have in common. */
export function refuseMixture(prices: readonly Price[]): void {
  if (prices.length === 0) {
    throw badParameter('items', 'Missing required param: items.', 'parameter_missing');
  }
  if (prices.length > ITEMS_MAX) {
    throw badParameter('items', `A subscription can have up to ${ITEMS_MAX} items.`);
  }
  const seen = new Set<string>();
  for (const price of prices) {
    if (seen.has(price.id)) {
      throw badParameter('items', `Cannot add multiple items with the same price: ${price.id}.`);
    }
    seen.add(price.id);
  }
  const currencies = new Set(prices.map((price) => price.currency));
  if (currencies.size > 1) throw badParameter('items', 'All prices must have the same currency.');
  const intervals = new Set(prices.map((price) => JSON.stringify(intervalOf(price))));
  if (intervals.size > 1) {
    throw badParameter('items', 'This sandbox bills all items at one interval.');
  }
}

/** Stores a new item of a subscription; its usage counts from `now`. */
export function putItem(
  account: Account,
  subscription: string,
  request: ItemRequest,
  period: { readonly start: number; readonly end: number },
  now: number,
): Item {
  return account.store.put('subscriptionItem', {
    id: newId('si'),
    object: 'subscription_item',
    billing_thresholds: null,
    created: now,
    current_period_end: period.end,
    current_period_start: period.start,
    current_trial: null,
    discounts: [],
    hidden: { countsFrom: now },
    metadata: request.metadata,
    price: request.price.id,
    ...(request.quantity === null ? {} : { quantity: request.quantity }),
    subscription,
    tax_rates: [],
  });
}
