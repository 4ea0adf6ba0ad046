import type { StripeSession } from '../session.js';
import { makeMeter, makePrice, makeProduct } from './making.js';
import type { StandingPrice } from './standing.js';
import type { Survey } from './survey.js';

/** A price at Stripe with the meter it is for; null: the base price. */
export interface PriceAtStripe {
  readonly meter: string | null;
  readonly price: string;
  /** Stripe's meter; null for the base price. */
  readonly stripeMeter: string | null;
}

/** Makes one object; `name` is that of its finding. The caller says how often it is tried. */
export type Making = (name: string, make: () => Promise<string>) => Promise<string>;

/**
 * Makes what a survey did not find, meters first, then products, then prices; answers every price
 * by its lookup key. What stands must have been judged before.
 * @throws what Stripe or the ledger threw.
 */
export async function makeMissing(
  session: StripeSession,
  survey: Survey,
  making: Making,
): Promise<ReadonlyMap<string, PriceAtStripe>> {
  const meters = new Map<string, string>();
  for (const row of survey.meters) {
    const { meter, eventName } = row.wanted;
    meters.set(meter, row.found?.id ?? (await making(eventName, () => makeMeter(session, row))));
  }
  const products = new Map<string, string>();
  for (const row of survey.products) {
    const { id, plan } = row.wanted;
    products.set(id, row.found?.id ?? (await making(plan, () => makeProduct(session, row))));
  }
  const prices = new Map<string, PriceAtStripe>();
  for (const row of survey.prices) {
    const { lookupKey, meter, product } = row.wanted;
    const stripeMeter = meter === null ? null : (meters.get(meter) ?? meterOf(row));
    const make = () => makePrice(session, row, products.get(product) ?? product, stripeMeter);
    const price = row.found?.id ?? (await making(lookupKey, make));
    prices.set(lookupKey, { meter, price, stripeMeter });
  }
  return prices;
}

/** The meter that a standing price reports to; meters are not read where all prices stand. */
function meterOf({ found }: StandingPrice): string | null {
  return found?.recurring?.meter ?? null;
}
