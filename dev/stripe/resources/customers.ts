import type { Account } from '../account.js';
import { badParameter, missing } from '../http/failure.js';
import { type Call, type Route, idAt } from '../http/call.js';
import { createdFilter, newestFirst, page, pageRequest } from '../http/pages.js';
import type { Params } from '../http/params.js';
import { newId } from '../state/ids.js';
import type { Kinds } from '../state/records.js';
import { endSubscription } from '../cycle/ending.js';
import { attachTo } from './paymentMethods.js';

const CUSTOMERS_PER_CLOCK_MAX = 3;

type Customer = Kinds['customer'];

function blankCustomer(id: string, created: number, testClock: string | null): Customer {
  return {
    id,
    object: 'customer',
    address: null,
    balance: 0,
    created,
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: id.slice(-8).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: testClock,
  };
}

function clockFor(call: Call): Kinds['testClock'] | null {
  const id = call.params.text('test_clock');
  if (!id) return null;
  const clock = call.account.store.get('testClock', id);
  if (!clock) throw missing('test clock', id, 'test_clock');
  if (call.account.store.group('customer', id).length >= CUSTOMERS_PER_CLOCK_MAX) {
    const message = `A test clock can have at most ${CUSTOMERS_PER_CLOCK_MAX} customers.`;
    throw badParameter('test_clock', message, 'test_clocks_customer_limit_reached');
  }
  return clock;
}

function changedFields(params: Params, before: Customer): Partial<Customer> {
  const kept = <T>(given: T | undefined, former: T): T => (given === undefined ? former : given);
  return {
    name: kept(params.text('name', 256), before.name ?? null),
    email: kept(params.text('email', 512), before.email),
    description: kept(params.text('description'), before.description),
    phone: kept(params.text('phone', 20), before.phone ?? null),
    balance: params.integer('balance') ?? before.balance,
    metadata: params.metadata(before.metadata),
  };
}

/** `payment_method` is attached, `invoice_settings[default_payment_method]` becomes the default. */
function withPaymentMethod({ account, params }: Call, customer: Customer): Customer {
  const name = params.text('payment_method');
  const attached = name ? attachTo(account, name, customer.id).id : null;
  const given = params.child('invoice_settings')?.text('default_payment_method');
  if (given === undefined) return customer;
  const chosen = given === name ? attached : given;
  const method = chosen === null ? null : attachTo(account, chosen, customer.id).id;
  return account.store.patch('customer', customer.id, {
    invoice_settings: { ...customer.invoice_settings, default_payment_method: method },
  });
}

/** A new customer in real time, as Checkout makes it. */
export function newCustomer(account: Account, fields: Pick<Customer, 'email'>): Customer {
  const blank = blankCustomer(newId('cus'), account.realSeconds(), null);
  const customer = account.store.put('customer', { ...blank, ...fields });
  account.emit('customer.created', customer, customer.created);
  return customer;
}

function create(call: Call): Customer {
  const { account, params } = call;
  const clock = clockFor(call);
  const created = clock ? clock.frozen_time : account.realSeconds();
  const blank = blankCustomer(newId('cus'), created, clock?.id ?? null);
  account.store.put('customer', { ...blank, ...changedFields(params, blank) });
  const customer = withPaymentMethod(call, account.customer(blank.id));
  account.emit('customer.created', customer, created);
  return customer;
}

function retrieve(call: Call): object {
  const id = idAt(call, 0);
  return call.account.store.get('deletedCustomer', id) ?? call.account.customer(id);
}

function update(call: Call): Customer {
  const { account, params } = call;
  const before = account.customer(idAt(call, 0));
  account.needStill(before.id);
  account.store.patch('customer', before.id, changedFields(params, before));
  const after = withPaymentMethod(call, account.customer(before.id));
  account.emit('customer.updated', after, account.now(after.id));
  return after;
}

/** Customers on a test clock are listed only under that clock (Customers.d.ts). */
function list(call: Call): object {
  const { account, params } = call;
  const email = params.text('email');
  const clock = params.text('test_clock') ?? null;
  const created = createdFilter(params);
  const rows = account.store
    .all('customer')
    .filter((customer) => (customer.test_clock ?? null) === clock)
    .filter((customer) => !email || customer.email === email)
    .filter((customer) => created(customer.created));
  return page(call, newestFirst(rows), pageRequest(params), (row) => row);
}

/** Deletes a customer and ends its subscriptions at once, without an invoice. */
export function removeCustomer(account: Account, customer: Customer): void {
  const now = account.now(customer.id);
  for (const subscription of account.store.group('subscription', customer.id)) {
    if (subscription.ended_at === null) endSubscription(account, subscription.id, now);
  }
  account.store.remove('customer', customer.id);
  const gone = { id: customer.id, object: 'customer', deleted: true } as const;
  account.store.put('deletedCustomer', gone);
  account.emit('customer.deleted', customer, now);
}

function remove(call: Call): object {
  const customer = call.account.customer(idAt(call, 0));
  call.account.needStill(customer.id);
  removeCustomer(call.account, customer);
  return { id: customer.id, object: 'customer', deleted: true };
}

/** Endpoints of customers. */
export const customerRoutes: readonly Route[] = [
  ['POST', '/v1/customers', create],
  ['GET', '/v1/customers', list],
  ['GET', '/v1/customers/:id', retrieve],
  ['POST', '/v1/customers/:id', update],
  ['DELETE', '/v1/customers/:id', remove],
];
