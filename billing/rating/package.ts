import type { PackagePrice } from '../catalogue.js';
import { fromWhole, multiply } from '../decimal.js';
import { groupDigits } from '../money.js';
import { type Charge, includedCharges, type PricedMeter } from './charge.js';

/** The included units first, at zero; the rest is sold in packages, the last one rounded. */
export function packageCharges(meter: PricedMeter, price: PackagePrice, units: number): Charge[] {
  const included = price.included ?? 0;
  const free = Math.min(units, included * meter.scale);
  const charges = includedCharges(meter, included, free);
  const rest = units - free;
  if (rest === 0) return charges;
  const packages = packagesIn(rest, price.size * meter.scale, price.round ?? 'up');
  charges.push({
    ref: meter.id,
    meter: meter.id,
    describe: () => `${meter.name}: packages of ${groupDigits(price.size)}`,
    units: rest,
    scale: meter.scale,
    packages,
    unitAmountMinor: price.packageAmountMinor,
    exactMinor: multiply(fromWhole(packages), price.packageAmountMinor),
  });
  return charges;
}

/**
 * Packages that `units` take up (both whole, size at least 1). Exact: the remainder is taken off
 * before the division, so the quotient is whole.
 */
export function packagesIn(units: number, size: number, round: 'up' | 'down'): number {
  const remainder = units % size;
  const full = (units - remainder) / size;
  return remainder > 0 && round === 'up' ? full + 1 : full;
}
