import { creditsOf, CREDITS_METER } from '../../quantity.js';

/** Units as a price takes them: credits as an exact decimal string, all others as they are. */
export function pricedQuantity(meter: string, units: number): number | string {
  return meter === CREDITS_METER ? creditsOf(units) : units;
}
