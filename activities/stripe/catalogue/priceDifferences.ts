import type Stripe from 'stripe';
import { canonical, compare } from '../../../billing/decimal.js';
import type { PriceTerms, TierTerms } from '../priceTerms.js';

/**
 * A price that stands at Stripe beside the terms it must have: every field that decides an amount
 * or when it is billed. Names and metadata decide nothing and may be reworded there.
 */

/** Terms by what they are called, as text that is equal exactly for equal terms. */
type Fields = Readonly<Record<string, string>>;

const NONE = 'none';

/**
 * What differs, in words such as "unit amount 0.05, not 0.06"; nothing: both bill equally.
 * `stripeMeter`: the meter it must report to; undefined where that was not looked up. The price
 * must have been read with its tiers.
 */
export function priceDifferences(
  terms: PriceTerms,
  stripeMeter: string | null | undefined,
  price: Stripe.Price,
): string[] {
  const wanted: Fields = { ...fieldsOf(terms), ...meterField(stripeMeter) };
  const found: Fields = {
    ...foundFields(price),
    ...(stripeMeter === undefined ? {} : meterField(price.recurring?.meter ?? null)),
  };
  return [...new Set([...Object.keys(wanted), ...Object.keys(found)])]
    .filter((name) => (found[name] ?? NONE) !== (wanted[name] ?? NONE))
    .map((name) => `${name} ${found[name] ?? NONE}, not ${wanted[name] ?? NONE}`);
}

function meterField(stripeMeter: string | null | undefined): Fields {
  return stripeMeter === undefined ? {} : { meter: stripeMeter ?? NONE };
}

function fieldsOf({ currency, interval, usage, unitAmount, ...terms }: PriceTerms): Fields {
  const { packages, tiers, tiersMode } = terms;
  return {
    currency,
    'billed each': interval,
    usage,
    ...(unitAmount === undefined ? {} : { 'unit amount': canonical(unitAmount) }),
    ...(packages ? { packages: packageWords(packages.size, packages.round) } : {}),
    ...(tiersMode ? { tiers: tiersMode } : {}),
    ...tierFields(tiers ?? []),
  };
}

function foundFields(price: Stripe.Price): Fields {
  const { currency, recurring, tiers, tiers_mode: mode, transform_quantity: packages } = price;
  const amount = price.unit_amount_decimal;
  return {
    currency,
    'billed each': recurring ? intervalWords(recurring) : 'once',
    ...(recurring ? { usage: recurring.usage_type } : {}),
    ...(amount === null ? {} : { 'unit amount': canonical(String(amount)) }),
    ...(packages ? { packages: packageWords(packages.divide_by, packages.round) } : {}),
    ...(mode === null ? {} : { tiers: mode }),
    ...tierFields((tiers ?? []).map(tierTerms)),
  };
}

function intervalWords({ interval, interval_count: count }: Stripe.Price.Recurring): string {
  return count === 1 ? interval : `${count} ${interval}s`;
}

function packageWords(size: number, round: string): string {
  return `of ${size} rounded ${round}`;
}

/** A tier may have only a flat amount at Stripe: its units are free then. */
function tierTerms(tier: Stripe.Price.Tier): TierTerms {
  return {
    upTo: tier.up_to ?? 'inf',
    unitAmount: String(tier.unit_amount_decimal ?? 0),
    flatAmountMinor: tier.flat_amount ?? 0,
  };
}

function tierFields(tiers: readonly TierTerms[]): Fields {
  return Object.fromEntries(
    tiers.map(({ upTo, unitAmount, flatAmountMinor = 0 }, index) => {
      const each = compare(unitAmount, '0') === 0 ? 'free' : `${canonical(unitAmount)} each`;
      const flat = flatAmountMinor === 0 ? '' : ` and ${flatAmountMinor} once`;
      return [`tier ${index + 1}`, `up to ${upTo} ${each}${flat}`];
    }),
  );
}
