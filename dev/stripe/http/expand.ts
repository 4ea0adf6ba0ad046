import type { Account } from '../account.js';
import { showInvoice } from '../resources/invoiceBody.js';
import { showPrice } from '../resources/prices.js';
import { showSubscription } from '../resources/subscriptionBody.js';
import { listBody, withoutHidden } from '../wire.js';
import { badParameter } from './failure.js';

type Body = Record<string, unknown>;

const DEPTH_MAX = 4;

/** Fields that come only when they are asked for, by object and name. */
const INCLUDED: Readonly<Record<string, (account: Account, body: Body) => unknown>> = {
  'price.tiers': (account, body) => account.store.need('price', String(body.id)).tiers ?? null,
  'invoice.payments': (account, body) => {
    const payments = account.store.group('invoicePayment', String(body.id));
    return listBody(`/v1/invoice_payments?invoice=${String(body.id)}`, payments);
  },
  'invoice.confirmation_secret': (account, body) => {
    const owed = account.store.need('invoice', String(body.id));
    const secret = `pi_${owed.id.slice(3)}_secret_sandbox`;
    return owed.status === 'open' ? { client_secret: secret, type: 'payment_intent' } : null;
  },
  'customer.subscriptions': (account, body) => {
    const rows = account.store
      .group('subscription', String(body.id))
      .filter((row) => row.ended_at === null)
      .map((row) => showSubscription(account, row));
    return listBody(`/v1/customers/${String(body.id)}/subscriptions`, rows);
  },
};

/** The object an id belongs to, as it is answered; null where the sandbox has none. */
function objectOf(account: Account, id: string): object | null {
  const { store } = account;
  const invoice = store.get('invoice', id);
  if (invoice) return showInvoice(account, invoice);
  const subscription = store.get('subscription', id);
  if (subscription) return showSubscription(account, subscription);
  const price = store.get('price', id);
  if (price) return showPrice(price);
  const method = store.get('paymentMethod', id);
  if (method) return withoutHidden(method);
  return (
    store.get('customer', id) ??
    store.get('product', id) ??
    store.get('testClock', id) ??
    store.get('deletedCustomer', id) ??
    null
  );
}

/** Puts the objects in that `expand` names. Works on a copy of the body. */
export function expandBody(account: Account, body: object, paths: readonly string[]): object {
  if (paths.length === 0) return body;
  const copy = structuredClone(body) as Body;
  for (const path of paths) {
    const steps = path.split('.');
    if (steps.length > DEPTH_MAX) {
      throw badParameter('expand', `You cannot expand more than ${DEPTH_MAX} levels: ${path}`);
    }
    if (!expandPath(account, copy, steps)) {
      throw badParameter('expand', `This property cannot be expanded (${path}).`);
    }
  }
  return copy;
}

function expandPath(account: Account, body: Body, steps: readonly string[]): boolean {
  const [step, ...rest] = steps;
  if (step === undefined) return true;
  const value = body[step] === undefined ? include(account, body, step) : body[step];
  if (value === undefined) return false;
  if (value === null) return true;
  if (Array.isArray(value)) return value.every((entry) => expandPath(account, entry, rest));
  if (typeof value === 'object') return expandPath(account, value as Body, rest);
  const object = typeof value === 'string' ? objectOf(account, value) : null;
  if (!object) return false;
  const inside = structuredClone(object) as Body;
  body[step] = inside;
  return expandPath(account, inside, rest);
}

function include(account: Account, body: Body, step: string): unknown {
  const value = INCLUDED[`${String(body.object)}.${step}`]?.(account, body);
  if (value !== undefined && value !== null) body[step] = structuredClone(value);
  return body[step] ?? value;
}
