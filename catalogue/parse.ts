import type { Catalogue, CatalogueFault } from '../billing/catalogue.js';
import { catalogueFaults } from '../billing/faults/catalogueFaults.js';
import { droppedNames, faultsOfIssues } from './issues.js';
import { neutralise } from './neutral.js';
import { catalogueSchema } from './schema.js';

/** A catalogue that can be published, or every fault that stands against it. */
export type ParsedCatalogue =
  | { readonly catalogue: Catalogue }
  | { readonly faults: readonly CatalogueFault[] };

/**
 * Checks data of any shape: wrong types and unknown fields, and the rules of CONTRACT §2, all
 * faults at once. `$schema` is dropped. Never throws.
 */
export function parseCatalogue(input: unknown): ParsedCatalogue {
  const parsed = catalogueSchema.safeParse(input);
  const issues = parsed.success ? [] : faultsOfIssues(parsed.error.issues, input);
  const shapeFaults = [...issues, ...droppedNames(input)];
  const judged = neutralise(input);
  const ruleFaults = judged ? catalogueFaults(judged.catalogue) : [];
  const replaced = judged?.replaced ?? [];
  const faults = [
    ...shapeFaults,
    ...ruleFaults.filter(({ path }) => !replaced.some((above) => isWithin(path, above))),
  ];
  return judged && faults.length === 0 ? { catalogue: judged.catalogue } : { faults };
}

/** True when a path is, or lies inside, another. */
function isWithin(path: string, above: string): boolean {
  if (!path.startsWith(above)) return false;
  const next = path.charAt(above.length);
  return next === '' || next === '.' || next === '[';
}
