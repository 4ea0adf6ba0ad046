import {
  isDerivedCount,
  meets,
  meterOf,
  reportedBranches,
  type Condition,
} from '../../billing/branches.js';
import type { PlanSnapshot } from '../../billing/catalogue.js';
import { paysInCredits } from '../../billing/planMeters.js';
import { CREDITS_METER } from '../../billing/quantity.js';

/** Which quantities a plan names: only those may cost anything or run at all (CONTRACT §2). */

/** For each reported meter the ways in which the plan names it; each a list of conditions. */
type Naming = ReadonlyMap<string, readonly (readonly Condition[])[]>;

const compiled = new WeakMap<PlanSnapshot, Naming>();

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
      const ways = naming.get(leaf) ?? [];
      naming.set(leaf, [...ways, conditions]);
    }
  }
  return naming;
}

function namingOf(snapshot: PlanSnapshot): Naming {
  const known = compiled.get(snapshot);
  if (known) return known;
  const made = compile(snapshot);
  compiled.set(snapshot, made);
  return made;
}

function asText(
  properties: Readonly<Record<string, string | number | boolean>> | undefined,
): Record<string, string> | undefined {
  if (!properties) return undefined;
  const entries = Object.entries(properties);
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

/** True when one of the quantities is named by nothing in the plan. */
export function isUnpriced(
  snapshot: PlanSnapshot,
  quantities: Readonly<Record<string, number>>,
  properties: Readonly<Record<string, string | number | boolean>> | undefined,
): boolean {
  const naming = namingOf(snapshot);
  let text: Record<string, string> | undefined;
  for (const meter of Object.keys(quantities)) {
    const ways = naming.get(meter);
    if (!ways) return true;
    if (ways.some((conditions) => conditions.length === 0)) continue;
    text ??= asText(properties);
    if (!ways.some((conditions) => meets(text, conditions))) return true;
  }
  return false;
}
