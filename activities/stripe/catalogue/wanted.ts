import type { PlanSnapshot } from '../../../billing/catalogue.js';
import { eventNameOf, planPrices, type PlanPrice } from '../priceTerms.js';

/** What some plan versions need at Stripe: a meter, a product, a price each (DESIGN §6). */

/** A meter, once for all plan versions that price it. */
export interface WantedMeter {
  readonly meter: string;
  readonly eventName: string;
  readonly displayName: string;
}

/** The product of a plan version; its id is ours, so that it can be there only once. */
export interface WantedProduct {
  /** `pro@2`. */
  readonly plan: string;
  readonly id: string;
  readonly snapshot: PlanSnapshot;
}

/** A price of a plan version. */
export interface WantedPrice extends PlanPrice {
  /** Id of the product that it is for, where that was made by us. */
  readonly product: string;
  readonly snapshot: PlanSnapshot;
}

/** All of it, in the order in which it is made. */
export interface Wanted {
  readonly meters: readonly WantedMeter[];
  readonly products: readonly WantedProduct[];
  readonly prices: readonly WantedPrice[];
}

/** A plan version as `pro@2`. */
export function planName({ id, version }: PlanSnapshot): string {
  return `${id}@${version}`;
}

/** What the plan versions need; nothing for those without prices. */
export function wantedOf(snapshots: readonly PlanSnapshot[]): Wanted {
  const prices = snapshots.flatMap((snapshot) =>
    planPrices(snapshot).map((price): WantedPrice => {
      return { ...price, snapshot, product: productId(snapshot) };
    }),
  );
  const names = new Map<string, string>();
  const products = new Map<string, WantedProduct>();
  for (const { meter, snapshot, product: id } of prices) {
    if (meter !== null) names.set(meter, snapshot.meters[meter]?.name ?? meter);
    products.set(id, { plan: planName(snapshot), id, snapshot });
  }
  const meters = [...names].map(([meter, displayName]): WantedMeter => {
    return { meter, eventName: eventNameOf(meter), displayName };
  });
  return { meters, products: [...products.values()], prices };
}

/** The version has digits alone, so no two plan versions share one. */
function productId({ id, version }: PlanSnapshot): string {
  return `durabill_${id}_${version}`;
}
