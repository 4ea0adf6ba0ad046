import type { Catalogue, Meter, Plan, Price } from '../../../billing/catalogue.js';
import { catalogueFaults } from '../../../billing/faults/catalogueFaults.js';
import { METERS } from '../contractCatalogue.js';

/** A catalogue of one plan `p`. */
export function withPlan(
  plan: Partial<Plan>,
  meters: Readonly<Record<string, Meter>> = METERS,
): Catalogue {
  return { currency: 'usd', meters, plans: { p: { name: 'P', interval: 'month', ...plan } } };
}

/** A catalogue of one plan `p` that prices one meter. */
export function withPrice(price: Price, meter = 'images'): Catalogue {
  return withPlan({ prices: { [meter]: price } });
}

/** Faults as `path = value`. */
export function faultTexts(catalogue: Catalogue): string[] {
  return catalogueFaults(catalogue).map(({ path, value }) => `${path} = ${JSON.stringify(value)}`);
}
