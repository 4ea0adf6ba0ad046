import { type Condition, reportedBranches, summedBranches } from './branches.js';
import type { Limit, PublishedCatalogue } from './catalogue.js';
import { derivedCountMeters } from './meters.js';

/** By reported meter: any of these lists of conditions lets an event count. */
export type Ways = ReadonlyMap<string, readonly (readonly Condition[])[]>;

/** What a catalogue means for sums, made once for each publication. */
export interface SumRules {
  /** Properties whose values rows keep apart. */
  readonly names: readonly string[];
  /** Derived counts: they have rows of their own. */
  readonly counts: readonly {
    readonly meter: string;
    readonly ways: Ways;
  }[];
  /** Reported meters and derived counts whose rows have buckets of 5 s. */
  readonly fine: ReadonlySet<string>;
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
  const rules = { names: published.namedProperties, counts, fine: fineMeters(published) };
  compiled.set(published, rules);
  return rules;
}

/** What the sliding minutes of any plan version count: those whom it serves keep it. */
function fineMeters({ snapshots }: PublishedCatalogue): ReadonlySet<string> {
  const fine = Object.values(snapshots).flatMap(({ plan, meters }) =>
    (plan.limits ?? [])
      .filter(isSlidingMinute)
      .flatMap((limit) => limit.meters)
      .flatMap((meter) => summedBranches(meters, meter))
      .map(({ leaf }) => leaf),
  );
  return new Set(fine);
}

function isSlidingMinute({ window, sliding }: Limit): boolean {
  return window === 'minute' && sliding === true;
}
