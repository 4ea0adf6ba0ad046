import {
  isDerivedCount,
  meets,
  meterOf,
  reportedBranches,
  type Condition,
} from './branches.js';
import type { PlanSnapshot, PropertyValue } from './catalogue.js';
import { paysInCredits } from './planMeters.js';
import { CREDITS_METER } from './quantity.js';

/** Which quantities a plan names: only those may cost anything or run at all (CONTRACT §2). */

/** For each reported meter the ways in which the plan names it; each a list of conditions. */
type Naming = ReadonlyMap<string, readonly (readonly Condition[])[]>;

const compiledPlans = new WeakMap<PlanSnapshot, Naming>();

/** Meters by which a plan names what they count. A limit on a derived count names nothing. */
function namingMeters({ plan, meters }: PlanSnapshot): string[] {
  const limited = (plan.limits ?? [])
    .flatMap((limit) => limit.meters)
    .filter((id) => {
      const meter = meterOf(meters, id);
      return meter !== undefined && !isDerivedCount(meter);
    });
  const priced = Object.keys(plan.prices ?? {});
  const credits = paysInCredits(plan) ? [CREDITS_METER] : [];
  return [...priced, ...limited, ...(plan.unlimited ?? []), ...credits];
}

function compile(snapshot: PlanSnapshot): Naming {
  const naming = new Map<string, (readonly Condition[])[]>();
  for (const id of new Set(namingMeters(snapshot))) {
    for (const { leaf, conditions } of reportedBranches(snapshot.meters, id)) {
      const ways = naming.get(leaf);
      if (ways) ways.push(conditions);
      else naming.set(leaf, [conditions]);
    }
  }
  return naming;
}

function namingOf(snapshot: PlanSnapshot): Naming {
  const known = compiledPlans.get(snapshot);
  if (known) return known;
  const made = compile(snapshot);
  compiledPlans.set(snapshot, made);
  return made;
}

type Properties = Readonly<Record<string, PropertyValue>>;

function asText(properties: Properties | undefined): Record<string, string> | undefined {
  if (!properties) return undefined;
  const entries = Object.entries(properties);
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

/**
 * The first reported meter, in the order of `quantities`, that nothing in the plan names for
 * these properties; null when each is named. Sizes don't matter: 0 of a meter is asked alike.
 */
export function firstUnnamed(
  snapshot: PlanSnapshot,
  quantities: Readonly<Record<string, number>>,
  properties: Properties | undefined,
): string | null {
  const naming = namingOf(snapshot);
  const text = asText(properties);
  const unnamed = Object.keys(quantities).find((meter) => {
    const ways = naming.get(meter);
    return !ways?.some((conditions) => meets(text, conditions));
  });
  return unnamed ?? null;
}

/** True when one of the quantities is named by nothing in the plan. */
export function isUnpriced(
  snapshot: PlanSnapshot,
  quantities: Readonly<Record<string, number>>,
  properties: Properties | undefined,
): boolean {
  return firstUnnamed(snapshot, quantities, properties) !== null;
}
