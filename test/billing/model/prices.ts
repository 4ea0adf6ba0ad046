import type { Price, Tier } from '../../../billing/catalogue.js';

/** Prices of the reference model: whole numbers of 10^-18 minor units, unit by unit of thought. */

const PLACES = 18;

/** One minor unit. */
export const MINOR = 10n ** BigInt(PLACES);

/** "0.0005" minor units. */
export function minorOf(text: string): bigint {
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(PLACES, '0'));
}

function tierCost(tier: Tier, units: bigint): bigint {
  if (units <= 0n) return 0n;
  return units * minorOf(tier.unitAmountMinor) + BigInt(tier.flatAmountMinor ?? 0) * MINOR;
}

/** The lines of a quantity, exact and unrounded: tiers, flat amounts and packages one each. */
export function linesOf(price: Price, units: number, scale: bigint): bigint[] {
  const all = BigInt(units);
  const free = BigInt(price.included ?? 0) * scale;
  const rest = all > free ? all - free : 0n;
  if (price.type === 'perUnit') return [(rest * minorOf(price.unitAmountMinor)) / scale];
  if (price.type === 'package') {
    const size = BigInt(price.size);
    const packages = price.round === 'down' ? rest / size : (rest + size - 1n) / size;
    return [packages * minorOf(price.packageAmountMinor)];
  }
  if (price.type === 'volume') {
    const tier = price.tiers.find(({ upTo }) => upTo === 'inf' || rest <= BigInt(upTo));
    return tier && rest > 0n ? splitFlat(tier, rest) : [];
  }
  let below = free;
  return price.tiers.flatMap((tier) => {
    const upTo = tier.upTo === 'inf' || all < BigInt(tier.upTo) ? all : BigInt(tier.upTo);
    const units = upTo - below;
    if (upTo > below) below = upTo;
    return units > 0n ? splitFlat(tier, units) : [];
  });
}

function splitFlat(tier: Tier, units: bigint): bigint[] {
  const flat = BigInt(tier.flatAmountMinor ?? 0) * MINOR;
  return [tierCost(tier, units) - flat, flat];
}

/** Exact cost of a quantity, nothing rounded. */
export function costOf(price: Price, units: number, scale = 1n): bigint {
  return linesOf(price, units, scale).reduce((sum, line) => sum + line, 0n);
}

/** Half away from zero; amounts here are never negative. */
function rounded(line: bigint): number {
  return Number((line + MINOR / 2n) / MINOR);
}

/** Whole minor units of a quantity: each line rounded, then added up. */
export function billOf(price: Price, units: number, scale = 1n): number {
  return linesOf(price, units, scale).reduce((sum, line) => sum + rounded(line), 0);
}

/** Quantities up to `units` at which a price can be at its highest. */
function peaks(price: Price, units: number): number[] {
  if (price.type !== 'volume') return [units];
  const tops = price.tiers.flatMap(({ upTo }) =>
    upTo === 'inf' ? [] : [upTo + (price.included ?? 0)],
  );
  return [...tops.filter((top) => top < units), units];
}

/** The highest exact cost that any quantity up to `units` has. */
export function highestCost(price: Price, units: number, scale = 1n): bigint {
  return peaks(price, units).reduce((high, at) => {
    const cost = costOf(price, at, scale);
    return cost > high ? cost : high;
  }, 0n);
}

/** The highest bill, in whole minor units, that any quantity up to `units` has. */
export function highestBill(price: Price, units: number, scale = 1n): number {
  return Math.max(0, ...peaks(price, units).map((at) => billOf(price, at, scale)));
}
