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

/** A rule in the contract's words, a catalogue that breaks it, and the faults it must have. */
export type RuleRow = readonly [
  rule: string,
  broken: Catalogue,
  ...faults: (readonly [path: string, value: unknown, message: string])[],
];

/** One test for each rule: exactly these faults, with path, value and message. */
export function everyRule(rows: readonly RuleRow[]): void {
  it.each(rows.map((row) => [row[0], row] as const))('%s', (_rule, row) => {
    const [, broken, ...faults] = row;
    const expected = faults.map(([path, value, message]) => ({ path, value, message }));
    expect(catalogueFaults(broken)).toEqual(expected);
  });
}
