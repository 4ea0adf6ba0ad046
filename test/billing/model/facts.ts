import type { Meter, PlanSnapshot, PropertyValue, Where } from '../../../billing/catalogue.js';
import type { LogEntry, LogGroup, Quantities } from '../../../billing/log.js';

/** The reference model reads the log as a plain list of facts: who used what, when. */

/** One use of something; of a void the quantities and the count are negative. */
export interface Fact {
  /** Log number of its group. */
  readonly number: number;
  readonly id: string;
  readonly atMs: number;
  readonly user: string | null;
  readonly properties: Readonly<Record<string, string>>;
  readonly quantities: Quantities;
  /** What it adds to `count` meters that it names; of a lease its own quantities say it. */
  readonly count: number | 'own';
  /** False for voids: they change no maximum and no last value. */
  readonly stands: boolean;
}

/** Property values as strings; others than the named ones don't matter to any rule. */
export function texts(
  properties: Readonly<Record<string, PropertyValue>> = {},
): Record<string, string> {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, `${value}`]));
}

const factsByGroup = new WeakMap<LogGroup, readonly Fact[]>();

/** The facts of one group; read once, as the log is read anew after every rebuild. */
export function factsOf(group: LogGroup): readonly Fact[] {
  const known = factsByGroup.get(group);
  if (known) return known;
  const facts = group.entries.flatMap((entry) => entryFacts(group.number, entry));
  factsByGroup.set(group, facts);
  return facts;
}

function entryFacts(number: number, entry: LogEntry): Fact[] {
  if (entry.kind === 'command' || entry.kind === 'fence') return [];
  const whose = { number, id: entry.id, user: entry.user ?? null };
  const properties = texts(entry.properties);
  if (entry.kind === 'usage') {
    if (entry.free) return [];
    const { atMs, quantities } = entry;
    return [{ ...whose, properties, atMs, quantities, count: 1, stands: true }];
  }
  if (entry.kind === 'void') {
    const quantities = Object.fromEntries(
      Object.entries(entry.quantities).map(([meter, quantity]) => [meter, -quantity]),
    );
    return [{ ...whose, properties, atMs: entry.atMs, quantities, count: -1, stands: false }];
  }
  if (entry.outcome !== 'committed') return [];
  // Where nothing was used, no row is written: it makes no period come into being.
  const used = entry.parts.filter((part) => Object.keys(part.used).length > 0);
  return used.map((part) => ({
    ...whose,
    properties,
    atMs: part.atMs,
    quantities: part.used,
    count: part.counts ? 1 : 0,
    stands: true,
  }));
}

/** True when the properties pass every name of a `where`. */
export function passes(where: Where | undefined, properties: Fact['properties']): boolean {
  return Object.entries(where ?? {}).every(([name, wanted]) => {
    const list: readonly PropertyValue[] = Array.isArray(wanted) ? wanted : [wanted as string];
    const value = properties[name];
    return value !== undefined && list.some((one) => String(one) === value);
  });
}

/** True when a quantity of `leaf` with these properties counts in the meter. */
export function reaches(
  meters: PlanSnapshot['meters'],
  id: string,
  leaf: string,
  properties: Fact['properties'],
): boolean {
  const meter = meters[id] as Meter;
  if (meter.rates) {
    return meter.rates.some(
      (rate) => passes(rate.where, properties) && reaches(meters, rate.meter, leaf, properties),
    );
  }
  if (!meter.of) return id === leaf;
  if (!passes(meter.where, properties)) return false;
  return meter.of.some((part) => reaches(meters, part, leaf, properties));
}

/** What one unit of `leaf` counts in the meter: 1, micro-credits of the first rate, or 0. */
function weight(snapshot: PlanSnapshot, id: string, leaf: string, fact: Counted): number {
  const { meters } = snapshot;
  const { rates } = meters[id] as Meter;
  if (!rates) return reaches(meters, id, leaf, fact.properties) ? 1 : 0;
  const rate = rates.find(
    ({ meter, where }) =>
      passes(where, fact.properties) && reaches(meters, meter, leaf, fact.properties),
  );
  return rate ? microOf(rate.creditsPerUnit) : 0;
}

/** "2.000001" credits as whole micro-credits, by text alone. */
export function microOf(credits: string): number {
  const [whole = '0', fraction = ''] = credits.split('.');
  return Number(whole + fraction.padEnd(6, '0'));
}

/** The part of a fact that counting looks at. */
export type Counted = Pick<Fact, 'quantities' | 'properties' | 'count'>;

/** What one fact adds to each meter, as far as it was asked for, under one set of meters. */
interface FactUnits {
  readonly meters: PlanSnapshot['meters'];
  readonly units: Map<string, number>;
}

const unitsByFact = new WeakMap<Counted, FactUnits>();

/** Units that a fact adds to a `sum` or `count` meter; added up once, however many limits ask. */
export function unitsIn(snapshot: PlanSnapshot, id: string, fact: Counted): number {
  let known = unitsByFact.get(fact);
  if (known?.meters !== snapshot.meters) {
    known = { meters: snapshot.meters, units: new Map() };
    unitsByFact.set(fact, known);
  }
  const before = known.units.get(id);
  if (before !== undefined) return before;
  const units = addedUp(snapshot, id, fact);
  known.units.set(id, units);
  return units;
}

function addedUp(snapshot: PlanSnapshot, id: string, fact: Counted): number {
  const meter = snapshot.meters[id] as Meter;
  const leaves = Object.keys(fact.quantities);
  if (meter.aggregation === 'count') {
    if (fact.count === 'own') return fact.quantities[id] ?? 0;
    const named = leaves.some((leaf) => reaches(snapshot.meters, id, leaf, fact.properties));
    return named ? fact.count : 0;
  }
  let units = 0;
  for (const leaf of leaves) {
    units += weight(snapshot, id, leaf, fact) * (fact.quantities[leaf] ?? 0);
  }
  return units;
}

/** The one number of a list of facts that a price is asked for. */
export function billableOf(snapshot: PlanSnapshot, id: string, facts: readonly Fact[]): number {
  const { aggregation } = snapshot.meters[id] as Meter;
  if (aggregation === 'sum' || aggregation === 'count') {
    return facts.reduce((sum, fact) => sum + unitsIn(snapshot, id, fact), 0);
  }
  const standing = facts.filter((fact) => fact.stands && fact.quantities[id] !== undefined);
  if (aggregation === 'max') return Math.max(0, ...standing.map((one) => one.quantities[id] ?? 0));
  const newest = standing.reduce<Fact | null>((last, one) => {
    if (!last || one.atMs > last.atMs) return one;
    return one.atMs === last.atMs && one.id > last.id ? one : last;
  }, null);
  return newest?.quantities[id] ?? 0;
}
