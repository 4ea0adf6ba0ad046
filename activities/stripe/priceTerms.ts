import Stripe from 'stripe';
import type { Interval, Meter, PlanSnapshot, Price, Tier } from '../../billing/catalogue.js';
import { multiply } from '../../billing/decimal.js';
import { scaleOf, type Scale } from '../../billing/quantity.js';
import { graduatedTiers } from '../../billing/rating/graduated.js';

/** What a plan's prices must be at Stripe, from the catalogue alone (DESIGN §6). */

/** One step; `upTo` counts Stripe's units (micro-credits for credits), inclusive. */
export interface TierTerms {
  readonly upTo: number | 'inf';
  /** Exact decimal string of minor units. */
  readonly unitAmount: string;
  readonly flatAmountMinor?: number;
}

/** Everything that decides amounts, as plain data: two prices of equal terms bill equally. */
export interface PriceTerms {
  readonly currency: string;
  readonly interval: Interval;
  readonly usage: 'licensed' | 'metered';
  /** Exact decimal string of minor units; absent with tiers. */
  readonly unitAmount?: string;
  readonly tiersMode?: 'graduated' | 'volume';
  readonly tiers?: readonly TierTerms[];
  readonly packages?: { readonly size: number; readonly round: 'up' | 'down' };
}

/** One price of one plan version. `meter` is null for the base price. */
export interface PlanPrice {
  readonly lookupKey: string;
  readonly meter: string | null;
  readonly nickname: string;
  readonly terms: PriceTerms;
}

/** Lookup key of a plan version's price; `base` is no meter's name (CONTRACT §2). */
export function lookupKeyOf(snapshot: PlanSnapshot, meter: string | null): string {
  return `durabill/${snapshot.id}/${snapshot.version}/${meter ?? 'base'}`;
}

/** Name of a meter's events at Stripe; it stands for the meter there. */
export function eventNameOf(meter: string): string {
  return `durabill_${meter}`;
}

/** The prices of a plan version: its base, then its meters; none for a plan without prices. */
export function planPrices(snapshot: PlanSnapshot): PlanPrice[] {
  const { plan, meters } = snapshot;
  const metered = Object.entries(plan.prices ?? {}).map(([id, price]) => {
    const meter = meters[id];
    if (!meter) throw new RangeError(`plan ${snapshot.id} prices an unknown meter ${id}`);
    return meteredPrice(snapshot, id, meter, price);
  });
  const baseAmountMinor = plan.baseAmountMinor ?? 0;
  return baseAmountMinor > 0 ? [basePrice(snapshot, baseAmountMinor), ...metered] : metered;
}

function basePrice(snapshot: PlanSnapshot, amountMinor: number): PlanPrice {
  const { currency, plan } = snapshot;
  const unitAmount = String(amountMinor);
  return {
    lookupKey: lookupKeyOf(snapshot, null),
    meter: null,
    nickname: plan.name,
    terms: { currency, interval: plan.interval, usage: 'licensed', unitAmount },
  };
}

function meteredPrice(
  snapshot: PlanSnapshot,
  id: string,
  meter: Meter,
  price: Price,
): PlanPrice {
  const { currency, plan } = snapshot;
  return {
    lookupKey: lookupKeyOf(snapshot, id),
    meter: id,
    nickname: `${plan.name}: ${meter.name}`,
    terms: {
      currency,
      interval: plan.interval,
      usage: 'metered',
      ...amountTerms(price, scaleOf(meter)),
    },
  };
}

/**
 * Included units are a first tier at zero where Stripe can hold one; volume and package prices
 * can't, so there we report only what is beyond them (`reportable`).
 */
function amountTerms(price: Price, scale: Scale): Partial<PriceTerms> {
  switch (price.type) {
    case 'perUnit':
      return perUnitTerms(price, scale);
    case 'graduated':
      return { tiersMode: 'graduated', tiers: scaled(graduatedTiers(price), scale) };
    case 'volume':
      return { tiersMode: 'volume', tiers: scaled(price.tiers, scale) };
    case 'package':
      return {
        unitAmount: price.packageAmountMinor,
        packages: { size: price.size * scale, round: price.round ?? 'up' },
      };
  }
}

function perUnitTerms(
  price: Extract<Price, { type: 'perUnit' }>,
  scale: Scale,
): Partial<PriceTerms> {
  const { included = 0, unitAmountMinor } = price;
  if (included === 0) return { unitAmount: perUnit(unitAmountMinor, scale) };
  const tiers: Tier[] = [
    { upTo: included, unitAmountMinor: '0' },
    { upTo: 'inf', unitAmountMinor },
  ];
  return { tiersMode: 'graduated', tiers: scaled(tiers, scale) };
}

/** Stripe's unit of credits is the micro-credit. */
function perUnit(amount: string, scale: Scale): string {
  return scale === 1 ? amount : multiply(amount, '0.000001');
}

function scaled(tiers: readonly Tier[], scale: Scale): TierTerms[] {
  return tiers.map(({ upTo, unitAmountMinor, flatAmountMinor }) => ({
    upTo: upTo === 'inf' ? upTo : upTo * scale,
    unitAmount: perUnit(unitAmountMinor, scale),
    ...(flatAmountMinor === undefined ? {} : { flatAmountMinor }),
  }));
}

/** The same terms as parameters of `prices.create`; `stripeMeter` is needed for metered ones. */
export function priceParams(
  terms: PriceTerms,
  stripeMeter: string | null,
): Pick<Stripe.PriceCreateParams, 'currency' | 'recurring' | 'billing_scheme'> &
  Partial<Stripe.PriceCreateParams> {
  const { currency, interval, usage, unitAmount, tiers, packages } = terms;
  return {
    currency,
    recurring: {
      interval,
      usage_type: usage,
      ...(stripeMeter === null ? {} : { meter: stripeMeter }),
    },
    billing_scheme: tiers ? 'tiered' : 'per_unit',
    ...(unitAmount === undefined ? {} : { unit_amount_decimal: Stripe.Decimal.from(unitAmount) }),
    ...(tiers ? { tiers_mode: terms.tiersMode, tiers: tiers.map(tierParams) } : {}),
    ...(packages
      ? { transform_quantity: { divide_by: packages.size, round: packages.round } }
      : {}),
  };
}

function tierParams({ upTo, unitAmount, flatAmountMinor }: TierTerms) {
  return {
    up_to: upTo,
    unit_amount_decimal: Stripe.Decimal.from(unitAmount),
    ...(flatAmountMinor === undefined ? {} : { flat_amount: flatAmountMinor }),
  };
}
