import { balanceAt } from '../credits/balance.js';
import { uncoveredIn } from '../credits/burns.js';
import { availableAt } from '../credits/pins.js';
import { add, fromWhole } from '../decimal.js';
import { billableQuantity } from '../meters.js';
import { CREDITS_METER } from '../quantity.js';
import { countedIn, countingBuckets } from './buckets.js';
import type { LimitContext } from './context.js';
import { costOfAll, type Total } from './cost.js';
import { scopeKey } from './counter.js';
import type { Demand } from './demand.js';
import type { Rulebook } from './rulebook.js';
import { isGauge } from './slots.js';

/** What the open period comes to at its prices, with holds and an ask on top. */

/** What counts as used: `all` with open holds, `alone` as if every hold came back. */
export type Counting = 'all' | 'alone';

/** Nothing asked. */
export const NO_DEMAND: Demand = new Map();

/** False while nothing is billed: a trial, or no period at all. */
export function isBilled({ status, period }: LimitContext): boolean {
  return period !== null && status !== 'trialing';
}

/**
 * Billable units of each priced meter: used, asked, with `all` held. Credits are those
 * beyond what lots pay for.
 */
export function billedUnits(
  context: LimitContext,
  { priced, prices }: Rulebook,
  demand: Demand,
  counting: Counting,
): number[] {
  if (!priced) return [];
  const counter = context.counters[priced.key] ?? [];
  const buckets = countingBuckets(priced, counter, context.period, context.nowMs);
  const { used, held } = countedIn(priced, buckets, scopeKey(null));
  const all = countedIn(priced, counter, scopeKey(null));
  const asked = demand.get(priced) ?? [];
  return prices.map(({ id, meter, slot }) => {
    if (isGauge(meter)) return billableQuantity(meter, context.period?.totals[id]);
    const askedHere = asked[slot] ?? 0;
    if (id === CREDITS_METER) {
      return creditsBilled(context, askedHere, all.held[slot] ?? 0, counting);
    }
    return (used[slot] ?? 0) + (counting === 'all' ? (held[slot] ?? 0) : 0) + askedHere;
  });
}

/** Micro-credits that an ask may still take from lots. */
export function creditsFree(context: LimitContext, counting: Counting): number {
  const { credits, pinned, nowMs } = context;
  return counting === 'all' ? availableAt(credits, nowMs, pinned) : balanceAt(credits, nowMs);
}

/**
 * Micro-credits used beyond all lots in the open period, held beyond them, asked beyond them. Pins
 * are those of all open holds, so `held` must be of all periods too.
 */
function creditsBilled(
  context: LimitContext,
  asked: number,
  held: number,
  counting: Counting,
): number {
  const used = context.period ? uncoveredIn(context.credits, context.period.index) : 0;
  const pins = Object.values(context.pinned).reduce((sum, pin) => sum + pin, 0);
  const beyond = counting === 'all' ? Math.max(0, held - pins) : 0;
  return used + beyond + Math.max(0, asked - creditsFree(context, counting));
}

/** What the period's invoice comes to, added up by `total`, base included; "0" in a trial. */
export function spendBy(
  total: Total,
  context: LimitContext,
  rulebook: Rulebook,
  demand: Demand,
  counting: Counting,
): string {
  if (!isBilled(context)) return '0';
  const units = billedUnits(context, rulebook, demand, counting);
  const base = fromWhole(context.snapshot.plan.baseAmountMinor ?? 0);
  return add(base, costOfAll(total, rulebook.prices, units));
}
