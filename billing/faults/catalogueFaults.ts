import type { Catalogue, CatalogueFault } from '../catalogue.js';
import { isSupportedCurrency, SUPPORTED_CURRENCIES } from '../money.js';
import { fault } from './fault.js';
import { meterFaults } from './meterFaults.js';
import { planFaults } from './planFaults.js';

/**
 * Every rule of CONTRACT §2 that a catalogue of the right shape breaks, all at once, each with
 * its path and the value found there; none: it can be published. Types, ranges of numbers and
 * unknown fields are the shape's (`catalogue/schema.ts`).
 */
export function catalogueFaults(catalogue: Catalogue): CatalogueFault[] {
  const { currency, plans } = catalogue;
  const supported = SUPPORTED_CURRENCIES.join(', ');
  return [
    ...(isSupportedCurrency(currency)
      ? []
      : [fault('currency', currency, `must be one of ${supported} (lower case)`)]),
    ...meterFaults(catalogue),
    ...Object.entries(plans).flatMap(([id, plan]) => planFaults(catalogue, id, plan)),
  ];
}
