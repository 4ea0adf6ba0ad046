import { isDerived, isDerivedCount, meterOf } from '../branches.js';
import type { Aggregation } from '../catalogue.js';
import type { Hold } from '../holds/hold.js';
import type { Quantities, SumRow } from '../log.js';
import type { Asked, AskKind } from './context.js';
import type { CounterRule } from './counterKey.js';
import { type LeafRules, leafRules, type Values } from './leafRules.js';
import type { Rulebook } from './rulebook.js';
import { isGauge, noSlots } from './slots.js';

/** What an ask or a hold wants of each counter. */

/** By counter: whole units for each of its slots; counters it does not touch are absent. */
export type Demand = ReadonlyMap<CounterRule, readonly number[]>;

/** Units by leaf: reported meters, and derived counts with how often they count. */
export type LeafUnits = ReadonlyMap<string, number>;

/** What an ask counts in. */
export function demandOf(rulebook: Rulebook, asked: Asked): Demand {
  const values = { known: asked.properties, loose: false };
  const units = leafUnits(rulebook, asked.quantities, asked.kind ?? 'reservation', values);
  return demandBy(rulebook, units, values);
}

/** What a hold still keeps: its size less what settles have consumed of it. */
export function heldDemand(rulebook: Rulebook, hold: Hold): Demand {
  const values = valuesOf(rulebook, hold);
  return demandBy(rulebook, heldUnits(rulebook, hold), values);
}

/**
 * A hold of an older catalogue knows no value of properties that were named since: it counts in
 * every limit that names its meters.
 */
export function valuesOf({ snapshot }: Rulebook, hold: Hold): Values {
  return { known: hold.properties, loose: snapshot.revision > hold.revision };
}

/** What a hold still keeps, by leaf. */
export function heldUnits(rulebook: Rulebook, hold: Hold): LeafUnits {
  const kept = Object.entries(hold.quantities).map(([meter, quantity]) => {
    const settled = Object.hasOwn(hold.settled, meter) ? (hold.settled[meter] ?? 0) : 0;
    return [meter, Math.max(0, quantity - settled)] as const;
  });
  return leafUnits(rulebook, Object.fromEntries(kept), hold.kind, valuesOf(rulebook, hold));
}

/** Every amount `times` over; `times` is whole, -1 takes back. */
export function scaledDemand(demand: Demand, times: number): Demand {
  const scaled = [...demand].map(
    ([counter, units]) => [counter, units.map((unit) => (unit === 0 ? 0 : unit * times))] as const,
  );
  return new Map(scaled);
}

/** Gauges (`max`, `last`) can't be reserved; a reservation is 1 in each `count`, once. */
function leafUnits(
  rulebook: Rulebook,
  quantities: Quantities,
  kind: AskKind,
  values: Values,
): LeafUnits {
  const { meters } = rulebook.snapshot;
  const units = new Map<string, number>();
  for (const id of Object.keys(quantities)) {
    const meter = meterOf(meters, id);
    if (!meter || isGauge(meter) || (isDerived(meter) && kind !== 'lease')) continue;
    const once = meter.aggregation === 'count' && kind !== 'lease';
    units.set(id, once ? onceFor(kind) : (quantities[id] ?? 0));
    if (kind !== 'reservation') continue;
    for (const count of leafRules(rulebook, id, values)?.counts ?? []) units.set(count, 1);
  }
  return units;
}

function onceFor(kind: AskKind): 0 | 1 {
  return kind === 'reservation' ? 1 : 0;
}

function demandBy(rulebook: Rulebook, units: LeafUnits, values: Values): Demand {
  const demand = new Map<CounterRule, number[]>();
  for (const [leaf, quantity] of units) {
    if (quantity === 0) continue;
    const rules = leafRules(rulebook, leaf, values);
    if (rules) addTo(demand, rules, quantity);
  }
  return demand;
}

function addTo(demand: Map<CounterRule, number[]>, rules: LeafRules, quantity: number): void {
  for (const { counter, slot, factor } of rules.additions) {
    const amounts = demand.get(counter) ?? noSlots(counter.slots);
    amounts[slot] = (amounts[slot] ?? 0) + quantity * factor;
    demand.set(counter, amounts);
  }
}

/** What a row of usage adds; times and values of gauges beside sums. */
export function rowDemand(rulebook: Rulebook, row: SumRow): Demand {
  const added = new Map<CounterRule, number[]>();
  const meter = meterOf(rulebook.snapshot.meters, row.meter);
  if (row.derived && !(meter && isDerivedCount(meter))) return added;
  const rules = leafRules(rulebook, row.meter, { known: row.properties ?? {}, loose: false });
  for (const { counter, slot, factor } of rules?.additions ?? []) {
    const numbers = added.get(counter) ?? noSlots(counter.slots);
    added.set(counter, numbers);
    putRow(numbers, slot, factor, row, rules?.aggregation ?? 'sum');
  }
  return added;
}

function putRow(
  numbers: number[],
  slot: number,
  factor: number,
  row: SumRow,
  aggregation: Aggregation,
): void {
  if (aggregation === 'max') numbers[slot] = row.max;
  else if (aggregation === 'last') {
    numbers[slot - 1] = row.last?.atMs ?? 0;
    numbers[slot] = row.last?.quantity ?? 0;
  } else {
    const units = aggregation === 'count' ? row.count : row.quantity;
    numbers[slot] = (numbers[slot] ?? 0) + units * factor;
  }
}
