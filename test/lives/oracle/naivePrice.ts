import type { Price } from '../../../billing/catalogue.js';

/**
 * What a quantity costs, worked out apart from the product: exact whole numbers of 10^-12 minor
 * units, a line a tier, each line rounded alone (CONTRACT §2).
 */

const ONE = 10n ** 12n;

/** Where an exact half goes: away from zero, or to the even neighbour. */
export type Halves = 'away' | 'even';

/** One line: exact, in 10^-12 minor units; `quantity` null for a flat amount. */
export interface NaiveLine {
  readonly quantity: number | null;
  readonly exact: bigint;
}

/** `0.35` as 350000000000. */
function parsed(amount: string): bigint {
  const [whole = '0', fraction = ''] = amount.split('.');
  return BigInt(whole) * ONE + BigInt(fraction.padEnd(12, '0'));
}

/** Whole minor units. */
export function rounded(exact: bigint, halves: Halves): number {
  const size = exact < 0n ? -exact : exact;
  const floor = size / ONE;
  const rest = (size % ONE) * 2n;
  const goesUp = rest > ONE || (rest === ONE && (halves === 'away' || floor % 2n === 1n));
  const whole = goesUp ? floor + 1n : floor;
  return Number(exact < 0n ? -whole : whole);
}

/** Lines of one price for a quantity of whole units; those that cost nothing are among them. */
export function naiveLines(price: Price, quantity: number): NaiveLine[] {
  const included = price.included ?? 0;
  const beyond = Math.max(0, quantity - included);
  switch (price.type) {
    case 'perUnit':
      return [{ quantity: beyond, exact: parsed(price.unitAmountMinor) * BigInt(beyond) }];
    case 'package': {
      const full = Math.floor(beyond / price.size);
      const packages = price.round === 'down' || beyond % price.size === 0 ? full : full + 1;
      return [{ quantity: beyond, exact: parsed(price.packageAmountMinor) * BigInt(packages) }];
    }
    case 'graduated':
      return graduatedLines(price.tiers, quantity, included);
    case 'volume': {
      const tier = price.tiers.find(({ upTo }) => upTo === 'inf' || beyond <= upTo);
      return tier ? tierLines(tier, beyond) : [];
    }
  }
}

type Tier = Extract<Price, { type: 'volume' }>['tiers'][number];

function tierLines(tier: Tier, units: number): NaiveLine[] {
  if (units === 0) return [];
  const line = { quantity: units, exact: parsed(tier.unitAmountMinor) * BigInt(units) };
  const { flatAmountMinor: flat } = tier;
  return flat === undefined ? [line] : [line, { quantity: null, exact: BigInt(flat) * ONE }];
}

/** A tier prices the units from the one after the tier below up to its own end. */
function graduatedLines(tiers: readonly Tier[], quantity: number, included: number): NaiveLine[] {
  let below = included;
  return tiers.flatMap((tier) => {
    const top = tier.upTo === 'inf' ? quantity : Math.min(quantity, tier.upTo);
    const units = Math.max(0, top - below);
    if (tier.upTo !== 'inf') below = tier.upTo;
    return tierLines(tier, units);
  });
}

/** What it costs in whole minor units. */
export function naiveCost(price: Price, quantity: number, halves: Halves = 'away'): number {
  return naiveLines(price, quantity).reduce((sum, { exact }) => sum + rounded(exact, halves), 0);
}

/** The flat amount of the first tier, where Stripe might charge it without any usage. */
export function firstFlat(price: Price): number {
  if (price.type !== 'graduated' && price.type !== 'volume') return 0;
  // What is included of a graduated price is a first tier of its own, at no flat amount.
  if (price.type === 'graduated' && price.included) return 0;
  return price.tiers[0]?.flatAmountMinor ?? 0;
}

/** -(base x minutes left / minutes of the period), half away from zero. */
export function naiveUnused(baseMinor: number, minutesLeft: number, minutes: number): number {
  return -rounded((BigInt(baseMinor) * BigInt(minutesLeft) * ONE) / BigInt(minutes), 'away');
}
