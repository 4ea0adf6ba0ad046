import type { Price } from '../catalogue.js';
import { add, compare, fromWhole } from '../decimal.js';
import { roundMinor } from '../money.js';
import { scaleOf, sumDecimals } from '../quantity.js';
import { exactCosts } from '../rating/rateMeter.js';
import type { PricedRule } from './rulebook.js';

/** The highest cost that any quantity up to a given one can have (CONTRACT §2 Limits). */

/** How a quantity is priced: exact, or as an invoice has it with each line rounded. */
export type Costing = 'exact' | 'invoiced';

/** One of a rule's prices: `bare` where nothing is included. */
export type PriceOf = 'price' | 'bare';

/** `costOf` or `highestCostOf`. */
export type Cost = typeof costOf;

/** Beyond it an amount is over any limit, so its rounding does not matter. */
const ROUNDED_UP_TO = fromWhole(2 ** 52);

/**
 * Cost of a quantity (whole units, from 0) under one price, as a decimal string of minor units.
 * Quantities beyond 2^53-1 cost what 2^53-1 do: nobody gets there.
 */
export function costOf(
  rule: PricedRule,
  units: number,
  costing: Costing,
  priceOf: PriceOf = 'price',
): string {
  const price = rule[priceOf];
  if (!price) return '0';
  const quantity = Math.min(Math.max(units, 0), Number.MAX_SAFE_INTEGER);
  const lines = exactCosts(rule.id, rule.meter, price, quantity, { microCredits: true });
  const exact = sumDecimals(lines);
  if (costing === 'exact' || compare(exact, ROUNDED_UP_TO) > 0) return exact;
  return fromWhole(lines.reduce((sum, line) => sum + roundMinor(line), 0));
}

/**
 * The highest cost of any quantity from 0 to `units`. Only volume prices can fall, and within a
 * tier they rise: so it is the cost at `units` or at the end of a tier below.
 */
export function highestCostOf(
  rule: PricedRule,
  units: number,
  costing: Costing,
  priceOf: PriceOf = 'price',
): string {
  const peaks = tierEnds(rule[priceOf], scaleOf(rule.meter)).filter((end) => end < units);
  return [units, ...peaks]
    .map((quantity) => costOf(rule, quantity, costing, priceOf))
    .reduce((highest, cost) => (compare(cost, highest) > 0 ? cost : highest));
}

/** Quantities after which a volume price can fall, in whole units. */
function tierEnds(price: Price | null, scale: number): number[] {
  if (price?.type !== 'volume') return [];
  const included = price.included ?? 0;
  return price.tiers.flatMap(({ upTo }) => (upTo === 'inf' ? [] : [(included + upTo) * scale]));
}

/** How usage of several priced meters is added up. */
export interface Total {
  readonly cost: Cost;
  readonly costing: Costing;
  readonly priceOf?: PriceOf;
}

/** Sum over priced meters: the i-th number is units of the i-th rule. */
export function costOfAll(
  { cost, costing, priceOf }: Total,
  rules: readonly PricedRule[],
  units: readonly number[],
): string {
  return rules
    .map((rule, index) => cost(rule, units[index] ?? 0, costing, priceOf))
    .reduce(add, '0');
}

/** The highest exact cost, as limits in money and the kill switch compare it. */
export const HIGHEST_EXACT: Total = { cost: highestCostOf, costing: 'exact' };

/** The highest cost as it would be invoiced: what spend limits compare. */
export const HIGHEST_INVOICED: Total = { cost: highestCostOf, costing: 'invoiced' };
