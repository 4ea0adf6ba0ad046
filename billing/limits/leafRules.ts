import { type Condition, conditionsOf, meterOf, reportedBranches } from '../branches.js';
import type { Aggregation, Meter } from '../catalogue.js';
import { countingRules } from '../counting.js';
import { derivedCountMeters } from '../meters.js';
import { scaleOf } from '../quantity.js';
import type { CounterRule } from './counterKey.js';
import type { Rulebook } from './rulebook.js';
import { ONE_SUM, valueSlot } from './slots.js';

/** What one unit of a reported meter or derived count adds to each counter, and when. */

type Meters = Readonly<Record<string, Meter>>;

/** Property values of usage, as far as they are known. */
export interface Values {
  /** As strings. */
  readonly known: Readonly<Record<string, string>>;
  /** True: a property that is missing may have any value, so it matches every condition. */
  readonly loose: boolean;
}

/** One unit adds `factor` to a slot of a counter. */
export interface Addition {
  readonly counter: CounterRule;
  readonly slot: number;
  readonly factor: number;
}

/** What a leaf does under one class of property values. */
export interface LeafRules {
  readonly aggregation: Aggregation;
  readonly additions: readonly Addition[];
  /** Derived counts that a report of it reaches. */
  readonly counts: readonly string[];
}

/** Rules of a leaf by class, for one rulebook. */
interface Classes {
  /** For each property that a condition names: its values, numbered. */
  readonly names: readonly (readonly [name: string, numbers: ReadonlyMap<string, string>])[];
  readonly byLeaf: Map<string, Map<string, LeafRules>>;
}

/** Classes kept of one leaf; beyond it they are worked out each time. */
const CLASSES_KEPT = 4096;

const classes = new WeakMap<Rulebook, Classes>();

/**
 * Rules of a leaf for usage with these values; null: no meter of the catalogue. Values that no
 * condition tells apart share one class, so they are worked out once.
 */
export function leafRules(rulebook: Rulebook, leaf: string, values: Values): LeafRules | null {
  const { names, byLeaf } = classesOf(rulebook);
  const key = classKey(names, values);
  const known = byLeaf.get(leaf);
  const same = known?.get(key);
  if (same) return same;
  const made = rulesOf(rulebook, leaf, values);
  if (!made) return null;
  const kept = known ?? new Map<string, LeafRules>();
  if (!known) byLeaf.set(leaf, kept);
  if (kept.size < CLASSES_KEPT) kept.set(key, made);
  return made;
}

function classesOf(rulebook: Rulebook): Classes {
  const known = classes.get(rulebook);
  if (known) return known;
  const made = { names: conditionNames(rulebook), byLeaf: new Map() };
  classes.set(rulebook, made);
  return made;
}

function conditionNames({ snapshot }: Rulebook): Classes['names'] {
  const values = new Map<string, Map<string, string>>();
  const wheres = Object.values(snapshot.meters).flatMap((meter) => [
    meter.where,
    ...(meter.rates ?? []).map((rate) => rate.where),
  ]);
  for (const condition of wheres.flatMap(conditionsOf)) {
    const numbers = values.get(condition.name) ?? new Map<string, string>();
    for (const value of condition.values) numbers.set(value, `${numbers.size},`);
    values.set(condition.name, numbers);
  }
  return [...values];
}

/** A value that no condition names is like none, except that none may be any where loose. */
function classKey(names: Classes['names'], { known, loose }: Values): string {
  let key = '';
  for (const [name, numbers] of names) {
    const value = Object.hasOwn(known, name) ? known[name] : undefined;
    if (value === undefined) key += loose ? '?' : '-';
    else key += numbers.get(value) ?? '-';
  }
  return key;
}

function meetsAll(conditions: readonly Condition[], { known, loose }: Values): boolean {
  return conditions.every(({ name, values }) => {
    const value = Object.hasOwn(known, name) ? known[name] : undefined;
    return value === undefined ? loose : values.includes(value);
  });
}

function rulesOf(rulebook: Rulebook, leaf: string, values: Values): LeafRules | null {
  const { meters } = rulebook.snapshot;
  const meter = meterOf(meters, leaf);
  if (!meter) return null;
  const factors = factorsOf(meters, leaf, values);
  const counts = derivedCountMeters(meters).filter((id) =>
    reportedBranches(meters, id).some(
      (branch) => branch.leaf === leaf && meetsAll(branch.conditions, values),
    ),
  );
  return {
    aggregation: meter.aggregation,
    additions: rulebook.counters.flatMap((counter) => additionsTo(rulebook, counter, factors)),
    counts,
  };
}

/** By meter that counts the leaf: what one unit is there (micro-credits for credits). */
export function factorsOf(meters: Meters, leaf: string, values: Values): Map<string, number> {
  const factors = new Map([[leaf, 1]]);
  for (const { meter, steps } of countingRules(meters, leaf)) {
    const step = steps.find(({ ways }) => ways.some((way) => meetsAll(way, values)));
    if (step) factors.set(meter, step.factor);
  }
  return factors;
}

function additionsTo(
  rulebook: Rulebook,
  counter: CounterRule,
  factors: ReadonlyMap<string, number>,
): Addition[] {
  return counter.money
    ? moneyAdditions(counter, factors)
    : unitAdditions(rulebook, counter, factors);
}

/** A priced meter's units count where the limit's own meters count them too. */
function moneyAdditions(counter: CounterRule, factors: ReadonlyMap<string, number>): Addition[] {
  if (counter.meters !== null && !counter.meters.some((id) => factors.has(id))) return [];
  return counter.slots.flatMap(({ meter, combine }, slot) => {
    const factor = factors.get(meter) ?? 0;
    return factor === 0 || combine === 'time' ? [] : [{ counter, slot, factor }];
  });
}

/** A limit's meters add up; where credits are among them, all are in their scale. */
function unitAdditions(
  { snapshot }: Rulebook,
  counter: CounterRule,
  factors: ReadonlyMap<string, number>,
): Addition[] {
  return (counter.meters ?? []).flatMap((id) => {
    const meter = meterOf(snapshot.meters, id);
    const factor = factors.get(id) ?? 0;
    if (!meter || factor === 0) return [];
    const own = valueSlot(counter.slots, id);
    const slot = own < 0 ? valueSlot(ONE_SUM, '') : own;
    return [{ counter, slot, factor: (factor * counter.scale) / scaleOf(meter) }];
  });
}
