import type { Price } from '../catalogue.js';
import { CREDITS_METER, MICRO_CREDITS } from '../quantity.js';

/**
 * What Stripe must hold in total of a meter for `units` billed ones (whole; micro-credits for
 * credits). Volume and package prices can't include units there, so we take them off; elsewhere
 * the included units are a first tier at zero (DESIGN §6).
 */
export function reportable(meterId: string, price: Price, units: number): number {
  return Math.max(0, units - includedApart(meterId, price));
}

/** Units that a price includes and Stripe is never told of; micro-credits for credits. */
export function includedApart(meterId: string, price: Price): number {
  if (price.type !== 'volume' && price.type !== 'package') return 0;
  const scale = meterId === CREDITS_METER ? MICRO_CREDITS : 1;
  return (price.included ?? 0) * scale;
}
