import type { PerUnitPrice } from '../catalogue.js';
import { type Charge, includedCharges, type PricedMeter, unitCharge } from './charge.js';

const noWords = (): string => '';

/** The included units first, at zero; every further unit costs the same. */
export function perUnitCharges(meter: PricedMeter, price: PerUnitPrice, units: number): Charge[] {
  const included = price.included ?? 0;
  const free = Math.min(units, included * meter.scale);
  const charges = includedCharges(meter, included, free);
  const rest = units - free;
  if (rest === 0) return charges;
  return [...charges, unitCharge(meter, meter.id, noWords, rest, price.unitAmountMinor)];
}
