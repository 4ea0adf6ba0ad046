import type { Meter, Price } from '../catalogue.js';
import type { RatedLine } from '../invoice.js';
import { scaleOf, sumDecimals, unitsOf } from '../quantity.js';
import { type Charge, lineOf, type PricedMeter } from './charge.js';
import { graduatedCharges } from './graduated.js';
import { packageCharges } from './package.js';
import { perUnitCharges } from './perUnit.js';
import { volumeCharges } from './volume.js';

/** How a quantity is to be read. */
export interface QuantityReading {
  /** Quantities of the credits meter are whole micro-credits; other meters are not touched. */
  readonly microCredits?: boolean;
}

/** What a price makes of a number of whole units, before rounding. */
function chargesOf(meter: PricedMeter, price: Price, units: number): Charge[] {
  switch (price.type) {
    case 'perUnit':
      return perUnitCharges(meter, price, units);
    case 'graduated':
      return graduatedCharges(meter, price, units);
    case 'volume':
      return volumeCharges(meter, price, units);
    case 'package':
      return packageCharges(meter, price, units);
  }
}

function chargesFor(
  meterId: string,
  meter: Meter,
  price: Price,
  quantity: number | string,
  reading: QuantityReading,
): Charge[] {
  const scale = scaleOf(meter);
  const units = unitsOf(quantity, reading.microCredits ? 1 : scale);
  return chargesOf({ id: meterId, name: meter.name, scale }, price, units);
}

/**
 * The lines of one meter's quantity of one period under its price, in the order of the price
 * (CONTRACT §2 Rounding, §4.6 refs). Included units that were used are shown at zero; zero
 * quantities are left out. 2,345,678 tokens at "0.0005" beyond 1,000,000 included: a line of
 * 1,000,000 at "0" and one of 1,345,678 that costs 673 (672.839 rounded).
 * @throws RangeError for a quantity that is not whole (credits: not a decimal of 6 places) or an
 * amount beyond 2^53-1.
 */
export function rateMeter(
  meterId: string,
  meter: Meter,
  price: Price,
  quantity: number | string,
  reading: QuantityReading = {},
): RatedLine[] {
  return chargesFor(meterId, meter, price, quantity, reading).map(lineOf);
}

/**
 * What the same quantity costs exactly, nothing rounded: a decimal string of minor units, for
 * estimates and money limits. @throws RangeError as `rateMeter`.
 */
export function exactCost(
  meterId: string,
  meter: Meter,
  price: Price,
  quantity: number | string,
  reading: QuantityReading = {},
): string {
  return sumDecimals(exactCosts(meterId, meter, price, quantity, reading));
}

/** The exact cost of each line by itself, in the order of the lines. @throws as `rateMeter`. */
export function exactCosts(
  meterId: string,
  meter: Meter,
  price: Price,
  quantity: number | string,
  reading: QuantityReading = {},
): string[] {
  const charges = chargesFor(meterId, meter, price, quantity, reading);
  return charges.map((charge) => charge.exactMinor);
}
