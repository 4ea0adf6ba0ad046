import type { Catalogue, Meter, Plan } from '../../../billing/catalogue.js';
import { catalogueDifference } from '../../../billing/difference/catalogueDifference.js';
import type { DifferenceKind } from '../../../billing/difference/difference.js';
import { METERS } from '../contractCatalogue.js';

/** A catalogue of the one plan Pro. */
export function pro(
  plan: Partial<Plan>,
  meters: Readonly<Record<string, Meter>> = METERS,
): Catalogue {
  return { currency: 'usd', meters, plans: { pro: { name: 'Pro', interval: 'month', ...plan } } };
}

/** A change of Pro, what it must be called, and with `path` where it stands. */
export type Row = readonly [
  before: Partial<Plan>,
  after: Partial<Plan>,
  ...told: (readonly [kind: DifferenceKind, sentence: string, path: string])[],
];

/** One test for each change: exactly these sentences. */
export function everyChange(rows: readonly Row[], meters?: Readonly<Record<string, Meter>>): void {
  const named = rows.map((row) => [row[2]?.[1] ?? 'nothing to tell', row] as const);
  it.each(named)('%s', (_sentence, [before, after, ...told]) => {
    const differences = catalogueDifference(pro(before, meters), pro(after, meters));
    expect(differences).toEqual(told.map(([kind, sentence, path]) => ({ path, kind, sentence })));
  });
}
