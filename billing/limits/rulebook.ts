import type { Meter, PlanSnapshot, Price } from '../catalogue.js';
import { type CounterRule, counterOf, pricedCounter, pricedMeters } from './counterKey.js';
import { valueSlot } from './slots.js';

/** A plan's limits compiled: what is counted, and which limits look at it. */

/** One limit of the plan. */
export interface LimitRule {
  readonly id: string;
  readonly counter: CounterRule;
  /** The plan's ceiling in units as people count them, or in whole minor units. */
  readonly max: number;
  readonly hard: boolean;
}

/** A priced meter. */
export interface PricedRule {
  readonly id: string;
  readonly meter: Meter;
  /** Null: credits that can't be bought beyond what was granted. */
  readonly price: Price | null;
  /** The same without `included`: outside the customer's period nothing is. */
  readonly bare: Price | null;
  /** Where the counter `priced` keeps its units. */
  readonly slot: number;
}

/** Everything of a plan that limits need. */
export interface Rulebook {
  readonly snapshot: PlanSnapshot;
  /** Each counter once. */
  readonly counters: readonly CounterRule[];
  /** In the order of the plan. */
  readonly limits: readonly LimitRule[];
  /** What spend limits, `included` and credits look at; null: use of the plan costs nothing. */
  readonly priced: CounterRule | null;
  /** See `pricedMeters`. */
  readonly prices: readonly PricedRule[];
}

const compiled = new WeakMap<PlanSnapshot, Rulebook>();

/** The rulebook of a plan version; the same object for the same snapshot. */
export function rulebookOf(snapshot: PlanSnapshot): Rulebook {
  const known = compiled.get(snapshot);
  if (known) return known;
  const made = compile(snapshot);
  compiled.set(snapshot, made);
  return made;
}

function compile(snapshot: PlanSnapshot): Rulebook {
  const counters = new Map<string, CounterRule>();
  const shared = (rule: CounterRule): CounterRule => {
    const same = counters.get(rule.key) ?? rule;
    counters.set(rule.key, same);
    return same;
  };
  const limits = (snapshot.plan.limits ?? []).map((limit) => ({
    id: limit.id,
    counter: shared(counterOf(limit, snapshot)),
    max: limit.max ?? limit.maxAmountMinor ?? 0,
    hard: limit.enforcement !== 'soft',
  }));
  const priced = pricedCounter(snapshot);
  if (priced) shared(priced);
  return {
    snapshot,
    counters: [...counters.values()],
    limits,
    priced,
    prices: pricedRules(snapshot, priced),
  };
}

function pricedRules(snapshot: PlanSnapshot, priced: CounterRule | null): PricedRule[] {
  const slots = priced?.slots ?? [];
  return pricedMeters(snapshot).map(([id, meter, price]) => {
    const bare = price && { ...price, included: 0 };
    return { id, meter, price, bare, slot: valueSlot(slots, id) };
  });
}
