import type { Facts } from './facts.js';
import { invoiceFaults, lifelongFaults } from './invoiceLaws.js';
import { stripeFaults } from './stripeLaws.js';

/** Everything that is to hold of what a life leaves behind: what does not, in words. */
export function allFaults(facts: Facts): string[] {
  return [...invoiceFaults(facts), ...lifelongFaults(facts), ...stripeFaults(facts)];
}
