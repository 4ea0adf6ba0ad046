import { compare, fromWhole, subtract } from '../decimal.js';
import { type Scale, shownQuantity } from '../quantity.js';
import { windowBounds } from '../windows/calendar.js';
import { bucketLeavesMs, countedIn, countingBuckets, type Counted } from './buckets.js';
import type { LimitContext, LimitStanding } from './context.js';
import { type Bucket, scopeKey } from './counter.js';
import type { CounterRule } from './counterKey.js';
import { type Cost, costOf, costOfAll, highestCostOf } from './cost.js';
import type { LimitRule, Rulebook } from './rulebook.js';
import { type Slot, unitsIn, valueSlot } from './slots.js';

/** Where one limit stands for one key. */

/** One limit for one key of its scope. */
export interface LimitView {
  readonly rule: LimitRule;
  /** See `scopeKey`. */
  readonly key: string;
  /** The ceiling that holds: own of the key, else the customer's, else the plan's. */
  readonly max: number;
  readonly buckets: readonly Bucket[];
  readonly counted: Counted;
}

/** A limit at an instant. */
export function viewOf(context: LimitContext, rule: LimitRule, key: string): LimitView {
  const counter = context.counters[rule.counter.key] ?? [];
  const buckets = countingBuckets(rule.counter, counter, context.period, context.nowMs);
  const counted = countedIn(rule.counter, buckets, key);
  return { rule, key, max: ceilingOf(context, rule, key), buckets, counted };
}

function ceilingOf({ controls }: LimitContext, { id, max }: LimitRule, key: string): number {
  const own = Object.hasOwn(controls.ceilings, id) ? controls.ceilings[id] : undefined;
  if (own && Object.hasOwn(own, key)) return own[key] ?? max;
  return Object.hasOwn(controls.limits, id) ? (controls.limits[id] ?? max) : max;
}

/** What a limit in money compares: the highest cost of any quantities up to these. */
export function highestOf(rulebook: Rulebook, rule: CounterRule, units: readonly number[]): string {
  return moneyOf(highestCostOf, rulebook, rule, units);
}

/** A priced meter that the limit can't count stands in no slot: nothing of it is used. */
function moneyOf(
  cost: Cost,
  { prices }: Rulebook,
  { window, scope, slots }: CounterRule,
  units: readonly number[],
): string {
  const quantities = prices.map(({ id }) => units[valueSlot(slots, id)] ?? 0);
  const priceOf = window === 'period' && scope === 'customer' ? 'price' : 'bare';
  return costOfAll({ cost, costing: 'exact', priceOf }, prices, quantities);
}

/** Sums slot by slot. */
export function sumOf(
  slots: readonly Slot[],
  ...parts: readonly (readonly number[] | undefined)[]
): number[] {
  return slots.map((_slot, index) => parts.reduce((sum, part) => sum + (part?.[index] ?? 0), 0));
}

/** The standing as people see it. `resetsAtMs` is `resetOf`, unless an ask has its own. */
export function standingOf(
  context: LimitContext,
  rulebook: Rulebook,
  view: LimitView,
  resetsAtMs: number | null = resetOf(context, view),
): LimitStanding {
  const { rule, key, max } = view;
  const { scope } = rule.counter;
  const shared = {
    id: rule.id,
    scope,
    key: key === scopeKey(null) ? null : key.slice(1),
    max,
    enforcement: rule.hard ? ('hard' as const) : ('soft' as const),
    resetsAtMs,
  };
  return rule.counter.money
    ? { ...shared, ...amountsOf(rulebook, view), amounts: true }
    : { ...shared, ...unitsOf(view) };
}

type Figures = Pick<LimitStanding, 'used' | 'held' | 'remaining'>;

function unitsOf({ rule, counted, max }: LimitView): Figures {
  const { slots, scale } = rule.counter;
  return unitFigures(unitsIn(slots, counted.used), unitsIn(slots, counted.held), max, scale);
}

/** Whole units as shown: credits as decimal strings. Nothing remains below 0. */
export function unitFigures(used: number, held: number, max: number, scale: Scale): Figures {
  return {
    used: shownQuantity(used, scale),
    held: shownQuantity(held, scale),
    remaining: shownQuantity(Math.max(0, max * scale - used - held), scale),
  };
}

/** What is used costs so much now; what holds can add to the highest cost is held. */
function amountsOf(rulebook: Rulebook, { rule, counted, max }: LimitView): Figures {
  const { counter } = rule;
  const used = moneyOf(costOf, rulebook, counter, counted.used);
  const most = highestOf(rulebook, counter, sumOf(counter.slots, counted.used, counted.held));
  return amountFigures(used, most, max);
}

/** Exact amounts; `most` is what `used` and all holds can come to. */
export function amountFigures(used: string, most: string, max: number): Figures {
  const remaining = subtract(fromWhole(max), most);
  return {
    used,
    held: subtract(most, used),
    remaining: compare(remaining, '0') < 0 ? '0' : remaining,
  };
}

/**
 * When a window ends, customer's ms; of a sliding one when the oldest bucket that counts leaves,
 * now if none counts. Null: never by itself.
 */
export function resetOf(context: LimitContext, { rule, buckets }: LimitView): number | null {
  const { window, sliding } = rule.counter;
  if (window === 'lifetime') return null;
  if (window === 'period') return context.period?.endMs ?? null;
  if (!sliding) return windowBounds(window, context.zone, context.nowMs).endMs;
  const [oldest] = buckets;
  return oldest ? bucketLeavesMs(rule.counter, oldest) : context.nowMs;
}
