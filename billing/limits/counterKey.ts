import { meterOf, sharedMeter } from '../branches.js';
import type { Limit, Meter, PlanSnapshot, Price, Scope, Window } from '../catalogue.js';
import { paysInCredits } from '../planMeters.js';
import { CREDITS_METER, MICRO_CREDITS, type Scale, scaleOf } from '../quantity.js';
import { ONE_SUM, type Slot, slotsFor } from './slots.js';

/** What a limit counts, apart from how much of it is too much. */

/** One thing that is counted; several limits can look at it. */
export interface CounterRule {
  readonly window: Window;
  readonly sliding: boolean;
  /** True: each slot counts the units of one priced meter. */
  readonly money: boolean;
  readonly scope: Scope;
  /** Meters whose units count, sorted; null: whatever has a price. */
  readonly meters: readonly string[] | null;
  readonly slots: readonly Slot[];
  /** Whole units in one unit of the meters' own: a million where credits count. */
  readonly scale: Scale;
  /** What it counts as text, whatever that costs. */
  readonly content: string;
  /** `content` and slots: where its counter stands in `Counters`. */
  readonly key: string;
}

/**
 * What a limit counts, as text: limits of equal content share one counter, and another plan's
 * limit of the same content goes on with it.
 */
export function counterKey(limit: Limit, snapshot: PlanSnapshot): string {
  return counterOf(limit, snapshot).key;
}

type KeyParts = readonly [window: Window, sliding: 0 | 1, ...rest: unknown[]];

/** How a counter's windows are cut, read back from its key. */
export function windowOf(key: string): Pick<CounterRule, 'window' | 'sliding'> {
  const [window, sliding] = JSON.parse(key) as KeyParts;
  return { window, sliding: sliding === 1 };
}

function ruleWith(rule: Omit<CounterRule, 'key' | 'content'>): CounterRule {
  const { window, sliding, money, scope, meters } = rule;
  const content = [window, sliding ? 1 : 0, money ? 'money' : 'units', scope, meters];
  const slots = rule.slots.flatMap(({ meter, combine }) => [combine, meter]);
  return { ...rule, content: JSON.stringify(content), key: JSON.stringify([...content, slots]) };
}

/** The counter that a limit looks at. */
export function counterOf(limit: Limit, snapshot: PlanSnapshot): CounterRule {
  const meters = [...limit.meters].sort();
  const known = meters.flatMap((id) => meterOf(snapshot.meters, id) ?? []);
  const money = limit.maxAmountMinor !== undefined;
  return ruleWith({
    window: limit.window,
    sliding: limit.sliding === true,
    money,
    scope: limit.scope,
    meters,
    slots: money ? costlySlots(snapshot, meters) : unitSlots(snapshot, meters),
    scale: !money && known.some((meter) => scaleOf(meter) > 1) ? MICRO_CREDITS : 1,
  });
}

/** One sum; meters whose quantities do not add up stand beside it. */
function unitSlots({ meters }: PlanSnapshot, ids: readonly string[]): readonly Slot[] {
  const each = ids.flatMap((id) => slotsFor(id, meterOf(meters, id)?.aggregation ?? 'sum'));
  return [...ONE_SUM, ...each.filter(({ combine }) => combine !== 'sum')];
}

/** The priced meters whose units these meters can count too. */
function costlySlots(snapshot: PlanSnapshot, ids: readonly string[]): Slot[] {
  return pricedMeters(snapshot).flatMap(([priced, meter]) =>
    ids.some((id) => sharedMeter(snapshot.meters, id, priced) !== null)
      ? slotsFor(priced, meter.aggregation)
      : [],
  );
}

/** A meter with its price; null: credits that can't be bought beyond what was granted. */
export type Priced = readonly [id: string, meter: Meter, price: Price | null];

/**
 * The priced meters of a plan, in its order; then credits, where it pays in them but sells none
 * beyond its grants.
 */
export function pricedMeters({ plan, meters }: PlanSnapshot): Priced[] {
  const priced = Object.entries(plan.prices ?? {}).flatMap(([id, price]): Priced[] => {
    const meter = meterOf(meters, id);
    return meter ? [[id, meter, price]] : [];
  });
  const credits = meterOf(meters, CREDITS_METER);
  const sold = priced.some(([id]) => id === CREDITS_METER);
  return sold || !credits || !paysInCredits(plan)
    ? priced
    : [...priced, [CREDITS_METER, credits, null]];
}

/** All priced meters in the customer's period; null: none. */
export function pricedCounter(snapshot: PlanSnapshot): CounterRule | null {
  const slots = pricedMeters(snapshot).flatMap(([id, meter]) => slotsFor(id, meter.aggregation));
  if (slots.length === 0) return null;
  return ruleWith({
    window: 'period',
    sliding: false,
    money: true,
    scope: 'customer',
    meters: null,
    slots,
    scale: 1,
  });
}
