import type { Mode, PlanSnapshot } from '../../../billing/catalogue.js';
import type { StripeSession } from '../session.js';
import {
  readMeters,
  readPrices,
  readProducts,
  type StandingMeter,
  type StandingPrice,
  type StandingProduct,
} from './standing.js';
import { wantedOf } from './wanted.js';

/** Everything that plan versions need at Stripe, beside what is there. */
export interface Survey {
  readonly meters: readonly StandingMeter[];
  readonly products: readonly StandingProduct[];
  readonly prices: readonly StandingPrice[];
  /**
   * Stripe's meter that a price must report to: null for the base price, and where the meter is
   * not there; undefined where meters were not read.
   */
  stripeMeter(meter: string | null): string | null | undefined;
}

/**
 * Looks at Stripe, writes nothing. Not `thorough`: where all prices stand, only they are read.
 * @throws what Stripe or the ledger threw.
 */
export async function surveyPlans(
  session: StripeSession,
  mode: Mode,
  snapshots: readonly PlanSnapshot[],
  thorough: boolean,
): Promise<Survey> {
  const wanted = wantedOf(snapshots);
  const prices = await readPrices(session, mode, wanted.prices);
  const complete = prices.every(({ found }) => found !== null);
  const metersRead = thorough || !complete;
  const meters = metersRead ? await readMeters(session, mode, wanted.meters) : [];
  const products = await readProducts(session, mode, wanted.products, prices);
  const ids = new Map(meters.map(({ wanted: { meter }, found }) => [meter, found?.id ?? null]));
  return {
    meters,
    products,
    prices,
    stripeMeter(meter) {
      if (meter === null) return null;
      return metersRead ? (ids.get(meter) ?? null) : undefined;
    },
  };
}
