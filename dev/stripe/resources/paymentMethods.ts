import type { Account } from '../account.js';
import { badParameter, badRequest, cardDeclined, missing } from '../http/failure.js';
import { type Call, type Route, idAt } from '../http/call.js';
import { newestFirst, page, pageRequest } from '../http/pages.js';
import { newId } from '../state/ids.js';
import type { Kinds } from '../state/records.js';
import { withoutHidden } from '../wire.js';
import { type TestCard, cardByName, cardByNumber } from './testCards.js';

type PaymentMethod = Kinds['paymentMethod'];

function fromCard(card: TestCard, created: number): PaymentMethod {
  return {
    id: newId('pm'),
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: { address: null, email: null, name: null, phone: null, tax_id: null },
    card: {
      brand: card.brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: null },
      country: 'US',
      display_brand: card.brand,
      exp_month: 12,
      exp_year: 2040,
      fingerprint: `sandbox${card.last4}`,
      funding: 'credit',
      generated_from: null,
      last4: card.last4,
      networks: { available: [card.brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
    created,
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: 'card',
    hidden: { declineOnAttach: card.declineOnAttach, declineOnCharge: card.declineOnCharge },
  };
}

/** The stored payment method, or a new one of a test card named like `pm_card_visa`. */
function methodFor(account: Account, id: string, created: number, param?: string): PaymentMethod {
  const stored = account.store.get('paymentMethod', id);
  if (stored) return stored;
  const card = cardByName(id);
  if (!card) throw missing('PaymentMethod', id, param);
  return account.store.put('paymentMethod', fromCard(card, created));
}

/**
 * Attaches a payment method, or a new one of a test card's name, to a customer. A card that
 * declines on attaching: 402. One already attached to it is only returned.
 */
export function attachTo(account: Account, id: string, customer: string): PaymentMethod {
  const now = account.now(customer);
  const method = methodFor(account, id, now, 'payment_method');
  if (method.customer === customer) return method;
  if (method.customer !== null) {
    throw badRequest('The payment method you provided is attached to another customer.');
  }
  if (method.hidden.declineOnAttach) throw cardDeclined(method.hidden.declineOnAttach, false);
  const attached = account.store.patch('paymentMethod', method.id, { customer });
  account.emit('payment_method.attached', withoutHidden(attached), now);
  return attached;
}

function create({ account, params }: Call): object {
  params.needChoice('type', ['card']);
  const details = params.child('card');
  const token = details?.text('token');
  const number = details?.text('number');
  for (const key of ['exp_month', 'exp_year', 'cvc']) details?.text(key);
  const card = token ? cardByName(token) : number ? cardByNumber(number) : null;
  if (!card) throw badParameter('card', 'This sandbox knows the test tokens and numbers only.');
  const metadata = params.metadata();
  const method = { ...fromCard(card, account.realSeconds()), metadata };
  return withoutHidden(account.store.put('paymentMethod', method));
}

function attach(call: Call): object {
  const customer = call.params.needText('customer');
  call.account.customer(customer, 'customer');
  return withoutHidden(attachTo(call.account, idAt(call, 0), customer));
}

function stored(call: Call, place: number): PaymentMethod {
  const method = call.account.store.get('paymentMethod', idAt(call, place));
  if (!method) throw missing('PaymentMethod', idAt(call, place));
  return method;
}

function detach(call: Call): object {
  const method = stored(call, 0);
  const { account } = call;
  const customer = method.customer ? account.store.get('customer', method.customer) : null;
  if (customer?.invoice_settings.default_payment_method === method.id) {
    const settings = { ...customer.invoice_settings, default_payment_method: null };
    account.store.patch('customer', customer.id, { invoice_settings: settings });
  }
  return withoutHidden(account.store.patch('paymentMethod', method.id, { customer: null }));
}

function listOf(call: Call, customer: string): object {
  call.params.choice('type', ['card']);
  const rows = newestFirst(call.account.store.group('paymentMethod', customer));
  return page(call, rows, pageRequest(call.params), withoutHidden);
}

function listOfCustomer(call: Call): object {
  return listOf(call, call.account.customer(idAt(call, 0)).id);
}

function list(call: Call): object {
  return listOf(call, call.account.customer(call.params.needText('customer'), 'customer').id);
}

/** Endpoints of payment methods. */
export const paymentMethodRoutes: readonly Route[] = [
  ['POST', '/v1/payment_methods', create],
  ['GET', '/v1/payment_methods', list],
  ['GET', '/v1/payment_methods/:id', (call) => withoutHidden(stored(call, 0))],
  ['POST', '/v1/payment_methods/:id/attach', attach],
  ['POST', '/v1/payment_methods/:id/detach', detach],
  ['GET', '/v1/customers/:id/payment_methods', listOfCustomer],
];
