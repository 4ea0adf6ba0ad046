import {
  type Exact,
  type TieRounding,
  ZERO,
  compare,
  exact,
  exactText,
  lesser,
  minorUnits,
  multiply,
  packages,
  roundToWhole,
  subtract,
  truncate,
  whole,
} from './arithmetic.js';

/** What of a price decides amounts. */
export interface Rate {
  readonly billing_scheme: string;
  readonly tiers_mode: string | null;
  readonly unit_amount_decimal: string | null;
  readonly transform_quantity: { readonly divide_by: number; readonly round: string } | null;
  readonly tiers?: readonly RateTier[];
}

/** One tier; `up_to` is inclusive and null in the last one. */
export interface RateTier {
  readonly up_to: number | null;
  readonly unit_amount_decimal: string | null;
  readonly flat_amount_decimal: string | null;
}

/** Positions Stripe does not document, as far as they touch lines. */
export interface RatingPositions {
  readonly tieRounding: TieRounding;
  /** Whether a graduated tier without units is a line. */
  readonly zeroUnitLines: boolean;
  /** Whether the flat amount of the first tier is due without usage. */
  readonly flatAtZero: boolean;
}

/** One line before it is on an invoice. */
export interface Charge {
  /** `unit`, `tier-1`, `tier-1/flat` …: the same line keeps its key when it is rated anew. */
  readonly key: string;
  readonly quantity: number;
  readonly quantityDecimal: string;
  readonly unitAmountDecimal: string | null;
  readonly amountMinor: number;
}

/**
 * Lines of one price for a quantity. Each tier is a line and each line is rounded alone
 * (docs.stripe.com/billing/subscriptions/decimal-amounts); a negative quantity counts as 0
 * (docs.stripe.com/billing/subscriptions/usage-based/recording-usage-api).
 */
export function rate(price: Rate, quantityText: string, positions: RatingPositions): Charge[] {
  const given = exact(quantityText);
  const quantity = compare(given, ZERO) < 0 ? ZERO : given;
  if (price.billing_scheme !== 'tiered') return [perUnit(price, quantity, positions.tieRounding)];
  const tiers = price.tiers ?? [];
  return price.tiers_mode === 'volume'
    ? volume(tiers, quantity, positions)
    : graduated(tiers, quantity, positions);
}

function perUnit(price: Rate, quantity: Exact, ties: TieRounding): Charge {
  const transform = price.transform_quantity;
  const round = transform?.round === 'down' ? 'down' : 'up';
  const billed = transform ? packages(quantity, transform.divide_by, round) : quantity;
  return charge('unit', quantity, billed, price.unit_amount_decimal ?? '0', ties);
}

function charge(
  key: string,
  quantity: Exact,
  billed: Exact,
  unitAmount: string,
  ties: TieRounding,
): Charge {
  return {
    key,
    quantity: Number(truncate(quantity)),
    quantityDecimal: exactText(quantity),
    unitAmountDecimal: unitAmount,
    amountMinor: minorUnits(roundToWhole(multiply(billed, exact(unitAmount)), ties)),
  };
}

function flatCharge(tier: RateTier, number: number, units: Exact, at: RatingPositions): Charge[] {
  if (tier.flat_amount_decimal === null) return [];
  const reached = compare(units, ZERO) > 0 || (number === 1 && at.flatAtZero);
  if (!reached) return [];
  const amount = exact(tier.flat_amount_decimal);
  return [
    {
      key: `tier-${number}/flat`,
      quantity: 0,
      quantityDecimal: '0',
      unitAmountDecimal: null,
      amountMinor: minorUnits(roundToWhole(amount, at.tieRounding)),
    },
  ];
}

function graduated(tiers: readonly RateTier[], quantity: Exact, at: RatingPositions): Charge[] {
  let below: Exact = ZERO;
  return tiers.flatMap((tier, index) => {
    const top = tier.up_to === null ? quantity : lesser(quantity, whole(tier.up_to));
    const units = compare(top, below) > 0 ? subtract(top, below) : ZERO;
    if (tier.up_to !== null) below = whole(tier.up_to);
    const shown = at.zeroUnitLines || compare(units, ZERO) > 0;
    const unitAmount = tier.unit_amount_decimal ?? '0';
    const line = charge(`tier-${index + 1}`, units, units, unitAmount, at.tieRounding);
    return [...(shown ? [line] : []), ...flatCharge(tier, index + 1, units, at)];
  });
}

function volume(tiers: readonly RateTier[], quantity: Exact, at: RatingPositions): Charge[] {
  const index = tiers.findIndex(
    (tier) => tier.up_to === null || compare(quantity, whole(tier.up_to)) <= 0,
  );
  const tier = tiers[index];
  if (!tier) return [];
  const unitAmount = tier.unit_amount_decimal ?? '0';
  return [
    charge('tier', quantity, quantity, unitAmount, at.tieRounding),
    ...flatCharge(tier, index + 1, quantity, at),
  ];
}
