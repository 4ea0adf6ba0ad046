import type { Account } from '../account.js';
import { badParameter, missing } from '../http/failure.js';
import { type Call, type Route, idAt } from '../http/call.js';
import { createdFilter, newestFirst, page, pageRequest } from '../http/pages.js';
import type { Params } from '../http/params.js';
import { newId } from '../state/ids.js';
import type { Kinds } from '../state/records.js';
import type { Interval } from '../calendar.js';
import { makeProduct } from './products.js';
import { priceAmounts, recurringOf } from './priceRules.js';

const LOOKUP_KEY_LENGTH_MAX = 200;
const LOOKUP_KEYS_PER_CALL_MAX = 10;
const CURRENCIES = ['usd', 'eur', 'gbp', 'jpy'] as const;

type Price = Kinds['price'];

/** A price as it is answered: its tiers come only when they are expanded. */
export function showPrice(price: Price): object {
  const shown: Partial<Price> = { ...price };
  delete shown.tiers;
  return shown;
}

/** How often a recurring price is billed. Throws for a one-time price. */
export function intervalOf(price: Price): Interval {
  if (!price.recurring) throw new Error(`${price.id} is not recurring`);
  const { interval, interval_count: count } = price.recurring;
  return { interval: interval as Interval['interval'], count };
}

function priceOf(call: Call): Price {
  const price = call.account.store.get('price', idAt(call, 0));
  if (!price) throw missing('price', idAt(call, 0));
  return price;
}

function productFor(account: Account, params: Params): string {
  const data = params.child('product_data');
  const id = params.text('product');
  if (data && !id) return makeProduct(account, data).id;
  if (!id) throw badParameter('product', 'You must specify product or product_data.');
  if (!account.store.get('product', id)) throw missing('product', id, 'product');
  return id;
}

/** A key belongs to one price at a time; `transfer_lookup_key` takes it from its holder. */
function claimLookupKey(account: Account, params: Params, self: string): string | null | undefined {
  const key = params.text('lookup_key', LOOKUP_KEY_LENGTH_MAX);
  const transfer = params.flag('transfer_lookup_key') ?? false;
  if (!key) return key;
  for (const holder of account.store.group('price', key)) {
    if (holder.id === self) continue;
    if (!transfer) {
      const message = `A price (\`${holder.id}\`) already uses that lookup key.`;
      throw badParameter('lookup_key', message);
    }
    account.store.patch('price', holder.id, { lookup_key: null });
  }
  return key;
}

function create({ account, params }: Call): object {
  const id = newId('price');
  const recurring = recurringOf(params, (meter) => account.store.get('meter', meter));
  const price = account.store.put('price', {
    id,
    object: 'price',
    active: params.flag('active') ?? true,
    created: account.realSeconds(),
    currency: params.needChoice('currency', CURRENCIES),
    custom_unit_amount: null,
    livemode: false,
    lookup_key: claimLookupKey(account, params, id) ?? null,
    metadata: params.metadata(),
    nickname: params.text('nickname') ?? null,
    product: productFor(account, params),
    recurring,
    tax_behavior: params.choice('tax_behavior', TAX_BEHAVIOURS) ?? 'unspecified',
    type: recurring ? 'recurring' : 'one_time',
    ...priceAmounts(params),
  });
  account.emit('price.created', showPrice(price), price.created);
  return showPrice(price);
}

const TAX_BEHAVIOURS = ['exclusive', 'inclusive', 'unspecified'] as const;

/** Amounts and interval can never change. */
function update(call: Call): object {
  const { account, params } = call;
  const before = priceOf(call);
  const key = claimLookupKey(account, params, before.id);
  const nickname = params.text('nickname');
  const price = account.store.patch('price', before.id, {
    active: params.flag('active') ?? before.active,
    lookup_key: key === undefined ? before.lookup_key : key,
    metadata: params.metadata(before.metadata),
    nickname: nickname === undefined ? before.nickname : nickname,
  });
  account.emit('price.updated', showPrice(price), account.realSeconds());
  return showPrice(price);
}

function list(call: Call): object {
  const { account, params } = call;
  const keys = params.texts('lookup_keys');
  if (keys && keys.length > LOOKUP_KEYS_PER_CALL_MAX) {
    const message = `You may only specify up to ${LOOKUP_KEYS_PER_CALL_MAX} lookup_keys.`;
    throw badParameter('lookup_keys', message);
  }
  const filter = {
    active: params.flag('active'),
    currency: params.text('currency'),
    product: params.text('product'),
    type: params.choice('type', ['one_time', 'recurring']),
  };
  const created = createdFilter(params);
  const recurring = params.child('recurring');
  const meter = recurring?.text('meter');
  const usage = recurring?.choice('usage_type', ['licensed', 'metered']);
  const interval = recurring?.text('interval');
  const rows = (keys ? keys.flatMap((key) => account.store.group('price', key)) : all(account))
    .filter((price) => filter.active === undefined || price.active === filter.active)
    .filter((price) => !filter.currency || price.currency === filter.currency)
    .filter((price) => !filter.product || price.product === filter.product)
    .filter((price) => !filter.type || price.type === filter.type)
    .filter((price) => !meter || price.recurring?.meter === meter)
    .filter((price) => !usage || price.recurring?.usage_type === usage)
    .filter((price) => !interval || price.recurring?.interval === interval)
    .filter((price) => created(price.created));
  return page(call, newestFirst(rows), pageRequest(params), showPrice);
}

function all(account: Account): Price[] {
  return account.store.all('price');
}

/** Endpoints of prices. */
export const priceRoutes: readonly Route[] = [
  ['POST', '/v1/prices', create],
  ['GET', '/v1/prices', list],
  ['GET', '/v1/prices/:id', (call) => showPrice(priceOf(call))],
  ['POST', '/v1/prices/:id', update],
];
