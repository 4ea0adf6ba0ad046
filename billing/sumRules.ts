import { type Condition, reportedBranches } from './branches.js';
import type { PublishedCatalogue } from './catalogue.js';
import { derivedCountMeters } from './meters.js';

/** By reported meter: any of these lists of conditions lets an event count. */
export type Ways = ReadonlyMap<string, readonly (readonly Condition[])[]>;

/** What a catalogue means for sums, made once for each publication. */
export interface SumRules {
  readonly names: readonly string[];
  readonly counts: readonly {
    readonly meter: string;
    readonly ways: Ways;
  }[];
}

const compiled = new WeakMap<PublishedCatalogue, SumRules>();

/** The rules of a publication; the same object for the same publication. */
export function sumRulesOf(published: PublishedCatalogue): SumRules {
  const known = compiled.get(published);
  if (known) return known;
  const counts = derivedCountMeters(published.meters).map((meter) => {
    const ways = new Map<string, (readonly Condition[])[]>();
    for (const { leaf, conditions } of reportedBranches(published.meters, meter)) {
      ways.set(leaf, [...(ways.get(leaf) ?? []), conditions]);
    }
    return { meter, ways };
  });
  const rules = { names: published.namedProperties, counts };
  compiled.set(published, rules);
  return rules;
}
