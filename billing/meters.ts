import { isDerivedCount, meets, meterOf } from './branches.js';
import type { Catalogue, Meter } from './catalogue.js';
import { countingRules } from './counting.js';
import type { SumRow } from './log.js';
import type { MeterTotal } from './state.js';
import { addTotals, scaledTotal, TotalOutOfRangeError } from './totals.js';

/** Which meters a quantity counts in, and how quantities become one number (CONTRACT §2). */

type Meters = Readonly<Record<string, Meter>>;
type Properties = Readonly<Record<string, string>>;

/** A meter that counts the quantity of another one. */
export interface CountingMeter {
  readonly meter: string;
  /** What one unit counts there: 1, or the whole micro-credits of the rate that matches. */
  readonly factor: number;
  /** True for credits: `factor` is in micro-credits. */
  readonly credits: boolean;
}

/**
 * The meters that count a quantity of `leaf` (a reported meter, or a derived count) reported with
 * these property values: itself first, then sums whose `where`s all match, and credits by the
 * first rate that matches. Derived counts are not among them: they have rows of their own.
 */
export function metersCounting(
  meters: Meters,
  leaf: string,
  properties: Properties | undefined,
): CountingMeter[] {
  const counting: CountingMeter[] = [];
  if (meterOf(meters, leaf)) counting.push({ meter: leaf, factor: 1, credits: false });
  for (const { meter, credits, steps } of countingRules(meters, leaf)) {
    const step = steps.find(({ ways }) => ways.some((way) => meets(properties, way)));
    if (step) counting.push({ meter, factor: step.factor, credits });
  }
  return counting;
}

/** Ids of the derived meters with aggregation `count`, in the order of the catalogue. */
export function derivedCountMeters(meters: Meters): string[] {
  return Object.entries(meters)
    .filter(([, meter]) => isDerivedCount(meter))
    .map(([id]) => id);
}

/**
 * The one number of a period that a price or limit is asked for, by the meter's aggregation;
 * 0 without usage. Credits: whole micro-credits.
 */
export function billableQuantity(meter: Meter, total: MeterTotal | undefined): number {
  if (!total) return 0;
  switch (meter.aggregation) {
    case 'sum':
      return total.quantity;
    case 'count':
      return total.count;
    case 'max':
      return total.max;
    case 'last':
      return total.last?.quantity ?? 0;
  }
}

/** Names of the properties that any `where` or scope of a catalogue names, sorted. */
export function namedProperties(
  catalogue: Pick<Catalogue, 'meters' | 'costs' | 'plans'>,
): string[] {
  const meters = Object.values(catalogue.meters);
  const wheres = [
    ...meters.map((meter) => meter.where),
    ...meters.flatMap((meter) => (meter.rates ?? []).map((rate) => rate.where)),
    ...(catalogue.costs ?? []).map((cost) => cost.where),
  ];
  const scopes = Object.values(catalogue.plans)
    .flatMap((plan) => plan.limits ?? [])
    .map((limit) => limit.scope)
    .filter((scope) => scope.startsWith('property:'))
    .map((scope) => scope.slice('property:'.length));
  const names = wheres.flatMap((where) => Object.keys(where ?? {}));
  return [...new Set([...names, ...scopes])].sort();
}

/** A row as meters above its own see it: of a `count` meter every event is one unit. */
function seenFromAbove(meter: Meter | undefined, row: SumRow): MeterTotal {
  if (meter?.aggregation !== 'count') return row;
  const last = row.last && { ...row.last, quantity: 1 };
  return { quantity: row.count, count: row.count, max: last ? 1 : 0, last };
}

/**
 * Adds a row of sums to the totals of every meter that counts it; totals of others stay the same
 * objects. A row of a derived count goes to that count, and to what adds it up. Credits grow by
 * whole micro-credits.
 * @throws TotalOutOfRangeError when a number that is billed leaves the exact range.
 */
export function addRow(
  totals: Readonly<Record<string, MeterTotal>>,
  meters: Meters,
  row: SumRow,
): Record<string, MeterTotal> {
  const added: Record<string, MeterTotal> = { ...totals };
  const own = meterOf(meters, row.meter);
  if (row.derived && !(own && isDerivedCount(own))) return added;
  const seen = seenFromAbove(own, row);
  for (const { meter, factor } of metersCounting(meters, row.meter, row.properties)) {
    const share = meter === row.meter ? row : scaledTotal(seen, factor);
    const total = addTotals(added[meter], share);
    requireExact(meters, meter, total);
    added[meter] = total;
  }
  return added;
}

function requireExact(
  meters: Meters,
  id: string,
  total: MeterTotal,
): void {
  const meter = meterOf(meters, id);
  if (!meter) return;
  const billed = billableQuantity(meter, total);
  if (!Number.isSafeInteger(billed)) throw new TotalOutOfRangeError(id, billed);
}
