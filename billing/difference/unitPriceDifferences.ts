import type { GraduatedPrice, PerUnitPrice } from '../catalogue.js';
import { fromWhole } from '../decimal.js';
import { groupDigits } from '../money.js';
import { type Band, freeUnits, type Stretch, stretches, unitBands } from './bands.js';
import type { Difference } from './difference.js';
import {
  amountDifference,
  includedDifference,
  otherScheme,
  type PriceChange,
} from './priceChange.js';

/** A price under which each unit has its own amount, whatever the others cost. */
export type UnitPrice = PerUnitPrice | GraduatedPrice;

/**
 * What changed between two such prices: included units, then amounts over ranges of units, so
 * that tiers cut in other places but charging alike are no change.
 */
export function unitPriceDifferences(
  change: PriceChange,
  before: UnitPrice,
  after: UnitPrice,
): Difference[] {
  const [was, is] = [unitBands(before), unitBands(after)];
  const [freeBefore, freeAfter] = [freeUnits(was), freeUnits(is)];
  if (freeBefore !== 'inf' && freeAfter !== 'inf') {
    return [
      ...includedDifference(change, allowance(before, freeBefore), allowance(after, freeAfter)),
      ...unitDifferences(change, was, is, [freeBefore, freeAfter]),
    ];
  }
  if (freeBefore !== freeAfter) {
    return [otherScheme(change, before, after, freeAfter === 'inf' ? 'better' : 'worse')];
  }
  return includedDifference(change, before.included ?? 0, after.included ?? 0);
}

/** Units that cost nothing, as far as they are given at all. */
function allowance({ overage, included = 0 }: UnitPrice, free: number): number {
  return overage === 'block' ? included : free;
}

function unitDifferences(
  change: PriceChange,
  was: readonly Band[],
  is: readonly Band[],
  [freeBefore, freeAfter]: readonly [number, number],
): Difference[] {
  const paid = Math.max(freeBefore, freeAfter);
  const beyond = stretches(was, is, paid, (band) => band.unitAmountMinor);
  const told = [...newlyPaid(was, is, freeBefore, freeAfter), ...beyond];
  const each = told.flatMap((stretch) =>
    amountDifference(change, stretch, unitWords(change, stretch), ' each'),
  );
  return [...each, ...flatDifferences(change, was, is)];
}

/** Units no longer included whose price is not the one that was asked beyond them already. */
function newlyPaid(
  was: readonly Band[],
  is: readonly Band[],
  freeBefore: number,
  freeAfter: number,
): Stretch[] {
  const [known] = stretches(was, was, freeBefore, (band) => band.unitAmountMinor);
  return stretches(was, is, freeAfter, (band) => band.unitAmountMinor)
    .filter(({ from, after }) => from <= freeBefore && after !== known?.after)
    .map((stretch) => ({ ...stretch, upTo: lower(stretch.upTo, freeBefore) }));
}

function lower(upTo: number | 'inf', bound: number): number {
  return upTo === 'inf' ? bound : Math.min(upTo, bound);
}

function unitWords({ units }: PriceChange, { from, upTo }: Stretch): string {
  if (upTo === 'inf') return from === 1 ? units : `${units} beyond ${groupDigits(from - 1)}`;
  if (from === upTo) return `${units}, number ${groupDigits(from)} alone`;
  if (from === 1) return `first ${groupDigits(upTo)} ${units}`;
  return `${units} ${groupDigits(from)} to ${groupDigits(upTo)}`;
}

/** Flat amounts fall due with the first unit of their tier, once. */
function flatDifferences(
  change: PriceChange,
  was: readonly Band[],
  is: readonly Band[],
): Difference[] {
  const firsts = [...new Set([...was, ...is].map((band) => band.from))].sort((a, b) => a - b);
  const flatAt = (bands: readonly Band[], unit: number) =>
    fromWhole(bands.find((band) => band.from === unit)?.flatAmountMinor ?? 0);
  return firsts.flatMap((from) => {
    const [before, after] = [flatAt(was, from), flatAt(is, from)];
    const stretch: Stretch = { from, upTo: 'inf', before, after };
    const words = `${change.units}, once from number ${groupDigits(from)} on`;
    return amountDifference(change, stretch, words, '');
  });
}
