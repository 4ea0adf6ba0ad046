import type { AlertDelivery } from '../../ledger/stores/alertStore.js';

/** When an alert that was not taken is sent again (CONTRACT §3.4: for 3 days). */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** From the time an alert was raised. */
export const GIVE_UP_AFTER_MS = 72 * HOUR_MS;

/** Waits after the first, second … attempt, ms; the last one goes on. */
const WAITS_MS: readonly number[] = [
  30_000,
  2 * MINUTE_MS,
  10 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  3 * HOUR_MS,
  6 * HOUR_MS,
];

/** What came of one attempt. */
export type Outcome = 'taken' | 'refused' | 'refusedForGood';

/** A delivery after one more attempt, which ended at `nowMs`; real times, ms. */
export function afterAttempt(
  delivery: AlertDelivery,
  outcome: Outcome,
  raisedAtMs: number,
  nowMs: number,
): AlertDelivery {
  const attempts = delivery.attempts + 1;
  const tried = { ...delivery, attempts, lastAtMs: nowMs };
  if (outcome === 'taken') return { ...tried, status: 'delivered', nextAttemptAtMs: null };
  const waitMs = WAITS_MS[Math.min(attempts, WAITS_MS.length) - 1] ?? HOUR_MS;
  const endMs = raisedAtMs + GIVE_UP_AFTER_MS;
  if (outcome === 'refusedForGood' || nowMs >= endMs) {
    return { ...tried, status: 'failed', nextAttemptAtMs: null };
  }
  // The last attempt is made when the three days are over, not before.
  return { ...tried, status: 'pending', nextAttemptAtMs: Math.min(nowMs + waitMs, endMs) };
}
