import type { Tier, VolumePrice } from '../catalogue.js';
import { type Charge, describeTier, includedCharges, type PricedMeter } from './charge.js';
import { tierCharges } from './graduated.js';

/**
 * The included units first, at zero; the rest picks one tier, which prices all of the rest. The
 * total can fall when a cheaper tier is reached.
 */
export function volumeCharges(meter: PricedMeter, price: VolumePrice, units: number): Charge[] {
  const included = price.included ?? 0;
  const free = Math.min(units, included * meter.scale);
  const charges = includedCharges(meter, included, free);
  const rest = units - free;
  if (rest === 0) return charges;
  const index = price.tiers.findIndex((tier) => reaches(tier, rest, meter));
  const tier = price.tiers[index];
  if (!tier) throw new RangeError(`${meter.id}: no tier of its price takes ${rest} units`);
  const below = price.tiers[index - 1]?.upTo;
  const detail = () => {
    const words = describeTier(typeof below === 'number' ? below : 0, tier.upTo);
    return words === '' ? '' : `all at the price for ${words}`;
  };
  return [...charges, ...tierCharges(meter, index + 1, tier, detail, rest)];
}

function reaches(tier: Tier, units: number, meter: PricedMeter): boolean {
  return tier.upTo === 'inf' || units <= tier.upTo * meter.scale;
}
