import { DAY_MS } from '../../period.js';
import type { CustomerState } from '../../state.js';
import { planInForce } from './segments.js';

/** How long a customer whose payment was refused may go on, and what comes then (CONTRACT §2). */

/** Notes since when a payment stands refused, by the customer's clock; null once it does not. */
export function keepGrace(state: CustomerState, nowMs: number): CustomerState {
  const since = state.pastDueSinceMs ?? null;
  if (state.pastDue === (since !== null)) return state;
  return { ...state, pastDueSinceMs: state.pastDue ? nowMs : null };
}

/** End of the grace, ms; null: no payment is refused, or the plan lets it go on for ever. */
export function graceEndMs(state: CustomerState): number | null {
  const since = state.pastDueSinceMs ?? null;
  const terms = planInForce(state)?.plan.pastDue;
  if (since === null || !terms || terms.then === 'allow') return null;
  return since + terms.graceDays * DAY_MS;
}

/** True when decisions are refused until the debt is paid. */
export function isBlocked(state: CustomerState, nowMs: number): boolean {
  const endMs = graceEndMs(state);
  return endMs !== null && nowMs >= endMs && planInForce(state)?.plan.pastDue?.then === 'block';
}

/** The plan that follows a debt, by its id, and when; null: none does. */
export function planAfterGrace(
  state: CustomerState,
): { readonly plan: string; readonly atMs: number } | null {
  const atMs = graceEndMs(state);
  const then = planInForce(state)?.plan.pastDue?.then;
  if (atMs === null || atMs === state.graceEndedMs) return null;
  if (then === undefined || then === 'block') return null;
  return { plan: then, atMs };
}
