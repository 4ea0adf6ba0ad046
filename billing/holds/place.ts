import { planInForce } from '../customer/periods/segments.js';
import type { CountingPlace } from '../limits/counting.js';
import type { CustomerState } from '../state.js';
import type { Hold } from './hold.js';

/** Where a hold counts: under the plan in force, in the windows and the period of its grant. */

/**
 * The place of a hold's debits; null while the customer has no plan or no period, when nothing
 * is counted at all.
 */
export function placeOf(state: CustomerState, hold: Hold): CountingPlace | null {
  const snapshot = planInForce(state);
  const { segments } = state;
  const segment = segments.findLast(({ startMs }) => startMs <= hold.grantedAtMs) ?? segments[0];
  if (!snapshot || !segment) return null;
  return { snapshot, zone: state.zone, period: segment };
}
