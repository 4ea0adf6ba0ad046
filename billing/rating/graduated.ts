import type { GraduatedPrice, Tier } from '../catalogue.js';
import {
  type Charge,
  describeTier,
  flatCharge,
  type PricedMeter,
  unitCharge,
} from './charge.js';

/** The tiers of a graduated price: included units are a first tier at zero. */
export function graduatedTiers(price: GraduatedPrice): readonly Tier[] {
  const included = price.included ?? 0;
  return included === 0
    ? price.tiers
    : [{ upTo: included, unitAmountMinor: '0' }, ...price.tiers];
}

/** Each tier prices the units that fall into it; its flat amount is due from the first of them. */
export function graduatedCharges(
  meter: PricedMeter,
  price: GraduatedPrice,
  units: number,
): Charge[] {
  const charges: Charge[] = [];
  const included = price.included ?? 0;
  let after = 0;
  for (const [index, tier] of graduatedTiers(price).entries()) {
    const upTo = tier.upTo === 'inf' ? units : Math.min(units, tier.upTo * meter.scale);
    const inTier = upTo - after * meter.scale;
    if (inTier <= 0) break;
    const below = after;
    const detail = () => {
      const words = describeTier(below, tier.upTo);
      return index === 0 && included > 0 ? `${words} included` : words;
    };
    charges.push(...tierCharges(meter, index + 1, tier, detail, inTier));
    if (tier.upTo === 'inf') break;
    after = tier.upTo;
  }
  return charges;
}

/** The line of one tier, and that of its flat amount if it has one. N counts from 1. */
export function tierCharges(
  meter: PricedMeter,
  n: number,
  tier: Tier,
  detail: () => string,
  units: number,
): Charge[] {
  const ref = `${meter.id}/tier-${n}`;
  const charges = [unitCharge(meter, ref, detail, units, tier.unitAmountMinor)];
  if (tier.flatAmountMinor === undefined) return charges;
  const flatDetail = () => {
    const words = detail();
    return words === '' ? 'flat amount' : `${words}, flat amount`;
  };
  return [...charges, flatCharge(meter, `${ref}/flat`, flatDetail, tier.flatAmountMinor)];
}
