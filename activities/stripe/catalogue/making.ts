import { contentHash } from '../../contentHash.js';
import { ensure, REF_KEY } from '../ensure.js';
import { priceParams } from '../priceTerms.js';
import type { StripeSession } from '../session.js';
import {
  metersByName,
  pricesByKey,
  productsById,
  type StandingMeter,
  type StandingPrice,
  type StandingProduct,
} from './standing.js';

/** Makes what is missing at Stripe, each once however often it is repeated (`ensure`). */

/** Key of `metadata` with the hash of a price's terms, for those who look at it there. */
const TERMS_KEY = 'durabill_terms';

/** Makes a meter. All have formula `sum`: what we report only grows (DESIGN §6). */
export function makeMeter(session: StripeSession, row: StandingMeter): Promise<string> {
  const { eventName: event_name, displayName: display_name } = row.wanted;
  return ensure(session, {
    name: row.name,
    find: async () => (await metersByName(session)).get(event_name)?.id ?? null,
    create: async (httpKey) => {
      const params = { display_name, event_name, default_aggregation: { formula: 'sum' } } as const;
      return (await session.stripe.billing.meters.create(params, session.within(httpKey))).id;
    },
  });
}

/** Makes a plan version's product. */
export function makeProduct(session: StripeSession, row: StandingProduct): Promise<string> {
  const { id, snapshot } = row.wanted;
  return ensure(session, {
    name: row.name,
    find: async () => (await productsById(session, [{ id }])).get(id)?.id ?? null,
    create: async (httpKey) => {
      const params = { id, name: snapshot.plan.name, metadata: { [REF_KEY]: row.name } };
      return (await session.stripe.products.create(params, session.within(httpKey))).id;
    },
  });
}

/** Makes a price of a product that stands, for a meter that stands; null: the base price. */
export function makePrice(
  session: StripeSession,
  row: StandingPrice,
  product: string,
  stripeMeter: string | null,
): Promise<string> {
  const { lookupKey: lookup_key, nickname, terms } = row.wanted;
  return ensure(session, {
    name: row.name,
    find: async () => {
      return (await pricesByKey(session, [row.wanted])).get(lookup_key)?.id ?? null;
    },
    create: async (httpKey) => {
      const metadata = { [REF_KEY]: row.name, [TERMS_KEY]: contentHash(terms) };
      const params = { product, nickname, metadata, lookup_key };
      const made = await session.stripe.prices.create(
        { ...priceParams(terms, stripeMeter), ...params },
        session.within(httpKey),
      );
      return made.id;
    },
  });
}
