import type { Meter, Where } from './catalogue.js';

/**
 * A derived meter flattened: the meters at its leaves, each with the conditions an event must
 * meet to be counted through it. All `where`s on the way down apply (CONTRACT §2).
 */

/** A property and the values, as strings, that pass. */
export interface Condition {
  readonly name: string;
  readonly values: readonly string[];
}

/** One way in which a meter counts a leaf; at most one condition a property. */
export interface Branch {
  readonly leaf: string;
  readonly conditions: readonly Condition[];
}

/** A meter of a catalogue, never an inherited property of the object. */
export function meterOf(meters: Readonly<Record<string, Meter>>, id: string): Meter | undefined {
  return Object.hasOwn(meters, id) ? meters[id] : undefined;
}

/** True for meters that callers never report. */
export function isDerived(meter: Meter): boolean {
  return meter.of !== undefined || meter.rates !== undefined;
}

/** True for a derived `count`: it has sum rows of its own, once per event. */
export function isDerivedCount(meter: Meter): boolean {
  return meter.of !== undefined && meter.aggregation === 'count';
}

/** The conditions of a `where`. */
export function conditionsOf(where: Where | undefined): Condition[] {
  return Object.entries(where ?? {}).map(([name, value]) => {
    const values = (Array.isArray(value) ? value : [value]) as readonly unknown[];
    return { name, values: values.map(String) };
  });
}

/** Both lists joined: of a property named twice only the common values pass. */
export function both(a: readonly Condition[], b: readonly Condition[]): Condition[] {
  const named = new Map(a.map((condition) => [condition.name, condition.values]));
  for (const { name, values } of b) {
    const before = named.get(name);
    named.set(name, before ? before.filter((value) => values.includes(value)) : values);
  }
  return [...named].map(([name, values]) => ({ name, values }));
}

/** True when property values (as strings) meet all conditions; a missing one meets none. */
export function meets(
  properties: Readonly<Record<string, string>> | undefined,
  conditions: readonly Condition[],
): boolean {
  for (const { name, values } of conditions) {
    const value = properties?.[name];
    if (value === undefined || !values.includes(value)) return false;
  }
  return true;
}

/**
 * Branches of a meter down to what it adds up: reported meters, and derived counts, which count
 * by themselves. A reported meter or derived count asked for itself is its own one branch.
 */
export function summedBranches(
  meters: Readonly<Record<string, Meter>>,
  id: string,
): readonly Branch[] {
  const meter = meterOf(meters, id);
  if (meter && isDerivedCount(meter)) return [{ leaf: id, conditions: [] }];
  return distinct(walk(meters, id, isDerivedCount, []));
}

/** Branches of a meter down to reported meters, through derived counts too. */
export function reportedBranches(
  meters: Readonly<Record<string, Meter>>,
  id: string,
): readonly Branch[] {
  return distinct(walk(meters, id, () => false, []));
}

/** A cycle (a fault that `catalogueFaults` tells of) ends the walk; unknown names are leaves. */
function walk(
  meters: Readonly<Record<string, Meter>>,
  id: string,
  stop: (meter: Meter) => boolean,
  above: readonly string[],
): Branch[] {
  if (above.includes(id)) return [];
  const meter = meterOf(meters, id);
  if (!meter || !isDerived(meter) || (above.length > 0 && stop(meter))) {
    return [{ leaf: id, conditions: [] }];
  }
  const path = [...above, id];
  const parts = meter.rates ?? (meter.of ?? []).map((of) => ({ meter: of, where: meter.where }));
  return parts.flatMap((part) => {
    const own = conditionsOf(part.where);
    return walk(meters, part.meter, stop, path).map((branch) => ({
      leaf: branch.leaf,
      conditions: both(own, branch.conditions),
    }));
  });
}

function distinct(branches: readonly Branch[]): Branch[] {
  const byContent = new Map(branches.map((branch) => [JSON.stringify(branch), branch]));
  return [...byContent.values()].filter((branch) =>
    branch.conditions.every((condition) => condition.values.length > 0),
  );
}

/** Two branches can count one event, unless they ask one property for different values. */
function canMeet(a: Branch, b: Branch): boolean {
  if (a.leaf !== b.leaf) return false;
  return a.conditions.every((condition) => {
    const other = b.conditions.find((candidate) => candidate.name === condition.name);
    return !other || other.values.some((value) => condition.values.includes(value));
  });
}

/** A reported meter that both meters can count in one event; null when they never overlap. */
export function sharedMeter(
  meters: Readonly<Record<string, Meter>>,
  a: string,
  b: string,
): string | null {
  const others = reportedBranches(meters, b);
  const shared = reportedBranches(meters, a).find((branch) =>
    others.some((other) => canMeet(branch, other)),
  );
  return shared?.leaf ?? null;
}
