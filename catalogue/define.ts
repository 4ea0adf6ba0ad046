import type { Catalogue } from '../billing/catalogue.js';

/**
 * Gives a catalogue written in TypeScript or JavaScript its type, and editors their hints:
 * `export default defineCatalogue({ currency: 'usd', … })`. Returns what it is given.
 */
export function defineCatalogue(catalogue: Catalogue): Catalogue {
  return catalogue;
}
