import type Stripe from 'stripe';
import type { Mode, PlanSnapshot, PublishedCatalogue } from '../../billing/catalogue.js';
import type { EnsureStore } from '../../ledger/stores/contract.js';
import { contentHash } from '../contentHash.js';
import { ensure, findByRef, REF_KEY } from './ensure.js';
import { patiently } from './patience.js';
import { planPrices, priceParams, type PlanPrice } from './priceTerms.js';
import { openSession, type StripeSession } from './session.js';

/** Key of `metadata` with the hash of a price's terms: what was published never changes. */
const TERMS_KEY = 'durabill_terms';

/** At most so many lookup keys fit one call (Prices.d.ts). */
const LOOKUP_KEYS_PER_CALL = 10;

/** Time for a whole catalogue; an activity publishes one plan within its own budget. */
const PUBLISH_BUDGET_MS = 300_000;

/** A price at Stripe with the meter it is for; null: the base price. */
export interface PublishedPrice {
  readonly meter: string | null;
  readonly price: string;
  /** Stripe's meter; null for the base price. */
  readonly stripeMeter: string | null;
}

interface WantedPrice extends PlanPrice {
  readonly snapshot: PlanSnapshot;
}

/** Name of a meter's events at Stripe. */
export function eventNameOf(meter: string): string {
  return `durabill_${meter}`;
}

/**
 * Makes every plan version of the catalogue at Stripe that is not there yet: meters, a product
 * per version, its prices. Found before made, never edited, repeatable; plans without prices
 * never touch Stripe.
 * @throws Error naming a price that stands at Stripe with other terms.
 */
export async function publishAtStripe(
  stripe: Stripe,
  ensures: EnsureStore,
  published: PublishedCatalogue,
): Promise<void> {
  const session = openSession(stripe, ensures, Date.now, PUBLISH_BUDGET_MS);
  const snapshots = Object.values(published.snapshots);
  await patiently(session, () => publishPlans(session, published.mode, snapshots));
}

/** The same for some plan versions; answers their prices by lookup key. */
export async function publishPlans(
  session: StripeSession,
  mode: Mode,
  snapshots: readonly PlanSnapshot[],
): Promise<ReadonlyMap<string, PublishedPrice>> {
  const wanted = snapshots.flatMap((snapshot) =>
    planPrices(snapshot).map((price): WantedPrice => ({ ...price, snapshot })),
  );
  const known = await standingPrices(session, wanted);
  const missing = wanted.filter(({ lookupKey }) => !known.has(lookupKey));
  const meters = await ensureMeters(session, mode, missing);
  for (const price of missing) {
    known.set(price.lookupKey, await makePrice(session, mode, price, meters));
  }
  return known;
}

async function standingPrices(
  session: StripeSession,
  wanted: readonly WantedPrice[],
): Promise<Map<string, PublishedPrice>> {
  const standing = new Map<string, PublishedPrice>();
  for (let from = 0; from < wanted.length; from += LOOKUP_KEYS_PER_CALL) {
    const some = wanted.slice(from, from + LOOKUP_KEYS_PER_CALL);
    const lookup_keys = some.map(({ lookupKey }) => lookupKey);
    const { data } = await session.stripe.prices.list({ lookup_keys }, session.within());
    for (const price of data) {
      const match = some.find(({ lookupKey }) => lookupKey === price.lookup_key);
      if (match) standing.set(match.lookupKey, standingPrice(match, price));
    }
  }
  return standing;
}

/** @throws Error where the price was made with other terms: invoices would differ from ours. */
function standingPrice(wanted: WantedPrice, price: Stripe.Price): PublishedPrice {
  const terms = price.metadata[TERMS_KEY];
  if (terms !== undefined && terms !== contentHash(wanted.terms)) {
    const what = `${wanted.lookupKey} (${price.id})`;
    throw new Error(`price ${what} stands at Stripe with other terms; publish a new version`);
  }
  return { meter: wanted.meter, price: price.id, stripeMeter: price.recurring?.meter ?? null };
}

/** Stripe's meter by ours. All have formula `sum`: what we report only grows (DESIGN §6). */
async function ensureMeters(
  session: StripeSession,
  mode: Mode,
  missing: readonly WantedPrice[],
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (const { meter, snapshot } of missing) {
    if (meter !== null) names.set(meter, snapshot.meters[meter]?.name ?? meter);
  }
  const meters = new Map<string, string>();
  if (names.size === 0) return meters;
  const standing = await activeMeters(session);
  for (const [meter, displayName] of names) {
    const found = standing.get(eventNameOf(meter));
    meters.set(meter, found ?? (await makeMeter(session, mode, meter, displayName)));
  }
  return meters;
}

async function activeMeters(session: StripeSession): Promise<Map<string, string>> {
  const list = session.stripe.billing.meters.list(
    { status: 'active', limit: 100 },
    session.within(),
  );
  const meters = new Map<string, string>();
  for await (const meter of list) meters.set(meter.event_name, meter.id);
  return meters;
}

function makeMeter(
  session: StripeSession,
  mode: Mode,
  meter: string,
  displayName: string,
): Promise<string> {
  return ensure(session, {
    name: `meter/${mode}/${meter}`,
    find: async () => (await activeMeters(session)).get(eventNameOf(meter)) ?? null,
    create: async (httpKey) => {
      const made = await session.stripe.billing.meters.create(
        {
          display_name: displayName,
          event_name: eventNameOf(meter),
          default_aggregation: { formula: 'sum' },
        },
        session.within(httpKey),
      );
      return made.id;
    },
  });
}

function makeProduct(session: StripeSession, mode: Mode, snapshot: PlanSnapshot): Promise<string> {
  const { id, version, plan } = snapshot;
  const name = `product/${mode}/${id}/${version}`;
  const { products } = session.stripe;
  return ensure(session, {
    name,
    find: () => findByRef(products.list({ limit: 100 }, session.within()), name),
    create: async (httpKey) => {
      const metadata = { [REF_KEY]: name };
      const made = await products.create({ name: plan.name, metadata }, session.within(httpKey));
      return made.id;
    },
  });
}

async function makePrice(
  session: StripeSession,
  mode: Mode,
  wanted: WantedPrice,
  meters: ReadonlyMap<string, string>,
): Promise<PublishedPrice> {
  const { lookupKey, meter, nickname, snapshot, terms } = wanted;
  const stripeMeter = meter === null ? null : (meters.get(meter) ?? null);
  const name = `price/${mode}/${lookupKey}`;
  const product = await makeProduct(session, mode, snapshot);
  const price = await ensure(session, {
    name,
    find: async () => (await standingPrices(session, [wanted])).get(lookupKey)?.price ?? null,
    create: async (httpKey) => {
      const metadata = { [REF_KEY]: name, [TERMS_KEY]: contentHash(terms) };
      const params = { product, nickname, metadata, lookup_key: lookupKey };
      const made = await session.stripe.prices.create(
        { ...priceParams(terms, stripeMeter), ...params },
        session.within(httpKey),
      );
      return made.id;
    },
  });
  return { meter, price, stripeMeter };
}
