import { cellEntries, type Cells } from '../cells.js';
import { divide, multiply, roundHalfAway, toWhole } from '../decimal.js';
import { countingBuckets } from '../limits/buckets.js';
import type { LimitContext } from '../limits/context.js';
import { type Amount, scopeKey } from '../limits/counter.js';
import type { LimitRule } from '../limits/rulebook.js';
import { numbersOf, type Slot, unitsIn } from '../limits/slots.js';

/** Whose limits can have come to a percentage: ten thousand users are not all looked at closely. */

/** The part of a percentage that a rounded threshold may be above the exact one. */
const ROUNDED_UP = 1;

/**
 * Keys of a limit's scope that may have come to `percent` of their ceiling, in a fixed order; none
 * that has is left out.
 */
export function keysToLookAt(context: LimitContext, rule: LimitRule, percent: number): string[] {
  const { counter } = rule;
  if (counter.scope === 'customer') return [scopeKey(null)];
  const all = context.counters[counter.key] ?? [];
  const buckets = countingBuckets(counter, all, context.period, context.nowMs);
  const [only] = buckets;
  if (only && buckets.length === 1 && !counter.money) {
    return keysFrom(only.used, counter.slots, thresholdOf(context, rule, percent));
  }
  return [...new Set(buckets.flatMap(({ used }) => keysWith(used, () => true)))].sort();
}

/** Who came so far, kept for as long as nothing is used: holds come and go more often. */
const known = new WeakMap<Cells<Amount>, { readonly atLeast: number; readonly keys: string[] }>();

function keysFrom(used: Cells<Amount>, slots: readonly Slot[], atLeast: number): string[] {
  const before = known.get(used);
  if (before?.atLeast === atLeast) return before.keys;
  const keys = keysWith(used, (amount) => unitsIn(slots, numbersOf(amount)) >= atLeast);
  known.set(used, { atLeast, keys });
  return keys;
}

function keysWith(cells: Cells<Amount>, is: (amount: Amount) => boolean): string[] {
  return cellEntries(cells)
    .filter(([, amount]) => is(amount))
    .map(([key]) => key)
    .sort();
}

/** Whole units that no key at `percent` is below. */
function thresholdOf({ controls }: LimitContext, rule: LimitRule, percent: number): number {
  const { id, max, counter } = rule;
  const own = Object.hasOwn(controls.limits, id) ? [controls.limits[id] ?? max] : [];
  const ceilings = Object.hasOwn(controls.ceilings, id) ? controls.ceilings[id] : {};
  const lowest = Math.min(max, ...own, ...Object.values(ceilings ?? {}));
  const parts = multiply(multiply(String(lowest), String(counter.scale)), String(percent));
  return toWhole(roundHalfAway(divide(parts, '100', 2), 0)) - ROUNDED_UP;
}
