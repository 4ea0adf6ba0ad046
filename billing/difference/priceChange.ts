import type { Price } from '../catalogue.js';
import { at } from '../faults/fault.js';
import { groupDigits } from '../money.js';
import type { Stretch } from './bands.js';
import {
  amountChange,
  type Difference,
  type DifferenceKind,
  moreIsBetter,
  type PlanChange,
  planDifference,
} from './difference.js';
import { priceWords } from './wording.js';

/** A plan in which the price of one meter may have changed. */
export interface PriceChange extends PlanChange {
  /** `plans.pro.prices.tokens`. */
  readonly pricePath: string;
  /** The meter's name within a sentence. */
  readonly units: string;
}

/** Prices that work in two ways: both whole, side by side. */
export function otherScheme(
  change: PriceChange,
  before: Price,
  after: Price,
  kind: DifferenceKind = 'other',
): Difference {
  const was = priceWords(before, change.before.currency);
  const is = priceWords(after, change.after.currency);
  return planDifference(change, change.pricePath, kind, `${change.units}: ${was} → ${is}`);
}

/** More or fewer units that cost nothing; empty for as many. */
export function includedDifference(
  change: PriceChange,
  before: number,
  after: number,
): Difference[] {
  if (before === after) return [];
  const kind = moreIsBetter(before, after);
  const text = `${groupDigits(before)} → ${groupDigits(after)} ${change.units} included`;
  return [planDifference(change, at(change.pricePath, 'included'), kind, text)];
}

/** An amount that changed over some units; empty when it did not. `words` say which units. */
export function amountDifference(
  change: PriceChange,
  { before, after }: Stretch,
  words: string,
  per: string,
): Difference[] {
  const amounts = amountChange(change, before, after);
  if (!amounts) return [];
  const text = `${words}: ${amounts.text}${per}`;
  return [planDifference(change, change.pricePath, amounts.kind, text)];
}
