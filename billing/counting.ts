import {
  both,
  type Condition,
  conditionsOf,
  isDerived,
  isDerivedCount,
  meterOf,
  summedBranches,
} from './branches.js';
import type { Meter } from './catalogue.js';
import { microCreditsOf } from './quantity.js';

/** Derived meters turned round: what a quantity of one leaf counts in, and when. */

type Meters = Readonly<Record<string, Meter>>;

/** A derived meter seen from one leaf: the first step with a way that is met, counts. */
export interface CountingRule {
  readonly meter: string;
  readonly credits: boolean;
  readonly steps: readonly {
    readonly factor: number;
    readonly ways: readonly (readonly Condition[])[];
  }[];
}

/** Rules by leaf, made once for each set of meters: a fold asks for every row. */
const compiled = new WeakMap<Meters, Map<string, readonly CountingRule[]>>();

/** Rules of all derived meters that add up `leaf`, in the order of the catalogue. */
export function countingRules(meters: Meters, leaf: string): readonly CountingRule[] {
  const known = compiled.get(meters) ?? new Map<string, readonly CountingRule[]>();
  compiled.set(meters, known);
  const before = known.get(leaf);
  if (before) return before;
  const rules = Object.entries(meters).flatMap(([id, meter]) => ruleOf(meters, id, meter, leaf));
  if (meterOf(meters, leaf)) known.set(leaf, rules);
  return rules;
}

function ruleOf(meters: Meters, id: string, meter: Meter, leaf: string): CountingRule[] {
  if (!isDerived(meter) || isDerivedCount(meter)) return [];
  const parts = meter.rates?.map((rate) => ({
    id: rate.meter,
    where: conditionsOf(rate.where),
    factor: microCreditsOf(rate.creditsPerUnit),
  })) ?? [{ id, where: [], factor: 1 }];
  const steps = parts.map((part) => ({
    factor: part.factor,
    ways: summedBranches(meters, part.id)
      .filter((branch) => branch.leaf === leaf)
      .map((branch) => both(part.where, branch.conditions)),
  }));
  if (!steps.some(({ ways }) => ways.length > 0)) return [];
  return [{ meter: id, credits: meter.rates !== undefined, steps }];
}
