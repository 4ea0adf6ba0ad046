import type { CustomerState } from '../state.js';
import { planInForce } from '../customer/periods/segments.js';

/** Whether this instance may grant: it needs an epoch of its own in the log (DESIGN §3). */

/** Longest life of a lease, ms: it is handed out for 10 s and ends 60 s later (DESIGN §4). */
export const LONGEST_LEASE_MS = 70_000;

/** Holds open at once; beyond it asks wait. Bounds the state. */
export const MOST_OPEN_HOLDS = 10_000;

/** Why no ask at all is answered; null: in service. */
export function outOfServiceReason(state: CustomerState): string | null {
  if (state.halted !== null) return 'the customer is halted';
  if (state.holds.epoch === null) return 'the epoch of this instance is not in the log yet';
  if (planInForce(state) === null) return 'the customer has no plan yet';
  return null;
}

/**
 * Why no new hold is granted; null: it may be. After an older epoch, processes may still hand
 * out its void leases: for as long as those live, only what settles need is granted.
 */
export function noGrantReason(
  state: CustomerState,
  forSettle: boolean,
  nowMs: number,
): string | null {
  const { open, servingFromMs } = state.holds;
  if (open.size >= MOST_OPEN_HOLDS) return `${open.size} holds are open`;
  if (forSettle) return null;
  if (servingFromMs === null || nowMs < servingFromMs) return 'leases of an older epoch may live';
  return null;
}

/** This instance is stale: it grants nothing until a new epoch of its own stands in the log. */
export function outOfService(state: CustomerState): CustomerState {
  return { ...state, holds: { ...state.holds, epoch: null, wanted: null } };
}
