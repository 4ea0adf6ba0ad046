import type { Account } from '../account.js';
import { badRequest, missing } from '../http/failure.js';
import { type Call, type Route, idAt } from '../http/call.js';
import { createdFilter, newestFirst, page, pageRequest } from '../http/pages.js';
import type { Params } from '../http/params.js';
import { newId } from '../state/ids.js';
import type { Kinds } from '../state/records.js';

type Product = Kinds['product'];

function productOf(call: Call): Product {
  const product = call.account.store.get('product', idAt(call, 0));
  if (!product) throw missing('product', idAt(call, 0));
  return product;
}

/** Makes a product of the parameters of `products.create` or of a price's `product_data`. */
export function makeProduct(account: Account, params: Params): Product {
  const id = params.text('id') ?? newId('prod');
  if (account.store.get('product', id)) {
    throw badRequest(`Product already exists: ${id}`, 'resource_already_exists');
  }
  const now = account.realSeconds();
  const product = account.store.put('product', {
    id,
    object: 'product',
    active: params.flag('active') ?? true,
    created: now,
    default_price: null,
    description: params.text('description') ?? null,
    images: [],
    livemode: false,
    marketing_features: [],
    metadata: params.metadata(),
    name: params.needText('name'),
    package_dimensions: null,
    shippable: null,
    statement_descriptor: params.text('statement_descriptor', 22) ?? null,
    tax_code: params.text('tax_code') ?? null,
    tax_details: null,
    type: params.choice('type', ['good', 'service']) ?? 'service',
    unit_label: params.text('unit_label') ?? null,
    updated: now,
    url: params.text('url') ?? null,
  });
  account.emit('product.created', product, now);
  return product;
}

function update(call: Call): Product {
  const { account, params } = call;
  const before = productOf(call);
  const description = params.text('description');
  const product = account.store.patch('product', before.id, {
    name: params.text('name') ?? before.name,
    active: params.flag('active') ?? before.active,
    description: description === undefined ? before.description : description,
    metadata: params.metadata(before.metadata),
    unit_label: params.text('unit_label') ?? before.unit_label ?? null,
    updated: account.realSeconds(),
  });
  account.emit('product.updated', product, account.realSeconds());
  return product;
}

function list(call: Call): object {
  const { account, params } = call;
  const active = params.flag('active');
  const ids = params.texts('ids');
  const created = createdFilter(params);
  const rows = account.store
    .all('product')
    .filter((product) => active === undefined || product.active === active)
    .filter((product) => !ids || ids.includes(product.id))
    .filter((product) => created(product.created));
  return page(call, newestFirst(rows), pageRequest(params), (row) => row);
}

function remove(call: Call): object {
  const product = productOf(call);
  const used = call.account.store.all('price').some((price) => price.product === product.id);
  if (used) throw badRequest('This product cannot be deleted because it has prices.');
  call.account.store.remove('product', product.id);
  return { id: product.id, object: 'product', deleted: true };
}

/** Endpoints of products. */
export const productRoutes: readonly Route[] = [
  ['POST', '/v1/products', ({ account, params }) => makeProduct(account, params)],
  ['GET', '/v1/products', list],
  ['GET', '/v1/products/:id', productOf],
  ['POST', '/v1/products/:id', update],
  ['DELETE', '/v1/products/:id', remove],
];
