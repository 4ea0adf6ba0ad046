import Stripe from 'stripe';
import type { Mode } from '../../../billing/catalogue.js';
import type { StripeSession } from '../session.js';
import { recall, type Recalled } from './recall.js';
import type { Wanted, WantedMeter, WantedPrice, WantedProduct } from './wanted.js';

/** Reads what stands at Stripe of a catalogue; writes nothing. Archived objects are read, too. */

/** Something that is wanted, and what there is of it. */
export type Standing<W, T> = Recalled<T> & { readonly wanted: W };

/** A meter with what there is of it. */
export type StandingMeter = Standing<WantedMeter, Stripe.Billing.Meter>;

/** A product with what there is of it. */
export type StandingProduct = Standing<WantedProduct, Stripe.Product>;

/** A price with what there is of it, its tiers and its product read. */
export type StandingPrice = Standing<WantedPrice, Stripe.Price>;

/** At most so many lookup keys fit one call (Prices.d.ts). */
const LOOKUP_KEYS_PER_CALL = 10;

/** At most so many objects fit one page. */
const PAGE = 100;

/** Meters looked through before giving up; an account has a few dozen. */
const METERS_MAX = 2_000;

/** What a price must be read with: its tiers, and whether its product is archived. */
const PRICE_PARTS = ['tiers', 'product'];

/** The prices of plan versions: by lookup key, else the one that was made before. */
export async function readPrices(
  session: StripeSession,
  mode: Mode,
  wanted: readonly WantedPrice[],
): Promise<StandingPrice[]> {
  const byKey = await pricesByKey(session, wanted);
  return inTurn(wanted, (price) => {
    const read = (id: string) => readMadePrice(session, id);
    const name = `price/${mode}/${price.lookupKey}`;
    return standing(session, price, name, byKey.get(price.lookupKey), read);
  });
}

/** The prices that have these lookup keys, by key. */
export async function pricesByKey(
  session: StripeSession,
  wanted: readonly WantedPrice[],
): Promise<Map<string, Stripe.Price>> {
  const found = new Map<string, Stripe.Price>();
  // Without `active` Stripe lists active prices alone (Prices.d.ts).
  for (const active of [true, false]) {
    const keys = wanted.map(({ lookupKey }) => lookupKey).filter((key) => !found.has(key));
    for (const lookup_keys of chunks(keys, LOOKUP_KEYS_PER_CALL)) {
      const expand = PRICE_PARTS.map((part) => `data.${part}`);
      const params = { lookup_keys, active, expand, limit: PAGE };
      const { data } = await session.stripe.prices.list(params, session.within());
      for (const price of data) found.set(price.lookup_key ?? '', price);
    }
  }
  return found;
}

/** The meters: by event name, an active one before those out of use. */
export async function readMeters(
  session: StripeSession,
  mode: Mode,
  wanted: Wanted['meters'],
): Promise<StandingMeter[]> {
  if (wanted.length === 0) return [];
  const byName = await metersByName(session);
  return inTurn(wanted, (meter) => {
    const { meters } = session.stripe.billing;
    const read = (id: string) => ifThere(() => meters.retrieve(id, {}, session.within()));
    const name = `meter/${mode}/${meter.meter}`;
    return standing(session, meter, name, byName.get(meter.eventName), read);
  });
}

/** Every meter by its event name, an active one before those out of use. */
export async function metersByName(
  session: StripeSession,
): Promise<Map<string, Stripe.Billing.Meter>> {
  const found = new Map<string, Stripe.Billing.Meter>();
  const list = session.stripe.billing.meters.list({ limit: PAGE }, session.within());
  for await (const meter of list) {
    if (found.size >= METERS_MAX) throw new Error(`Stripe has more than ${METERS_MAX} meters`);
    const name = meter.event_name;
    if (found.get(name)?.status !== 'active') found.set(name, meter);
  }
  return found;
}

/** The products of plan versions: that of a price of theirs, else by id, else as made before. */
export async function readProducts(
  session: StripeSession,
  mode: Mode,
  wanted: Wanted['products'],
  prices: readonly StandingPrice[],
): Promise<StandingProduct[]> {
  const known = new Map(prices.flatMap(productOf));
  const unknown = wanted.filter(({ id }) => !known.has(id));
  const byId = await productsById(session, unknown);
  return inTurn(wanted, (product) => {
    const { id, snapshot } = product;
    const { products } = session.stripe;
    const read = (made: string) => ifThere(() => products.retrieve(made, {}, session.within()));
    const name = `product/${mode}/${snapshot.id}/${snapshot.version}`;
    return standing(session, product, name, known.get(id) ?? byId.get(id), read);
  });
}

function productOf({ wanted, found }: StandingPrice): [string, Stripe.Product][] {
  const product = found?.product;
  if (!product || typeof product === 'string' || product.deleted) return [];
  return [[wanted.product, product]];
}

/** The products with these ids, by id. */
export async function productsById(
  session: StripeSession,
  wanted: readonly Pick<WantedProduct, 'id'>[],
): Promise<Map<string, Stripe.Product>> {
  const found = new Map<string, Stripe.Product>();
  for (const ids of chunks(wanted.map(({ id }) => id), PAGE)) {
    const { data } = await session.stripe.products.list({ ids, limit: PAGE }, session.within());
    for (const product of data) found.set(product.id, product);
  }
  return found;
}

async function standing<W, T>(
  session: StripeSession,
  wanted: W,
  name: string,
  found: T | undefined,
  read: (id: string) => Promise<T | null>,
): Promise<Standing<W, T>> {
  if (found !== undefined) return { wanted, found, name, lost: null };
  return { wanted, ...(await recall(session, name, read)) };
}

function readMadePrice(session: StripeSession, id: string): Promise<Stripe.Price | null> {
  const { prices } = session.stripe;
  return ifThere(() => prices.retrieve(id, { expand: PRICE_PARTS }, session.within()));
}

async function ifThere<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError && error.statusCode === 404) return null;
    throw error;
  }
}

async function inTurn<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await act(item));
  return results;
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let from = 0; from < items.length; from += size) parts.push(items.slice(from, from + size));
  return parts;
}
