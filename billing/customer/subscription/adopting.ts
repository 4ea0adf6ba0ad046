import type { Command } from '../../command.js';
import type { CustomerState } from '../../state.js';
import type { SubscriptionView } from '../invoice/view.js';

/** Changes that others make at Stripe are adopted, not fought (CONTRACT §3.1). */

/** What was seen at Stripe and is not so here: a command for the log, under its id. */
export interface Adoption {
  readonly id: string;
  readonly command: Command;
}

/**
 * The command that makes what stands at Stripe stand here; null: it does. `nowMs`: the
 * customer's. What waits for Stripe itself is not judged.
 */
export function adoptionOf(
  { stripe, pending, leaving, scheduled, cancelAtEnd, mark }: CustomerState,
  { subscription, endsWithPeriod, ended }: SubscriptionView,
  nowMs: number,
): Adoption | null {
  if (stripe?.subscription !== subscription || pending || leaving) return null;
  if (ended) {
    const { atSeconds: endedSeconds, byCycle } = ended;
    // A change that waits for this very end acts by its own entry.
    if (byCycle && scheduled) return null;
    return {
      id: `ended-${subscription}`,
      command: { type: 'ended', request: null, endedSeconds, byCycle },
    };
  }
  if (endsWithPeriod === (cancelAtEnd ?? false)) return null;
  const id = `adopted-${mark}`;
  if (!endsWithPeriod) return { id, command: { type: 'unschedule', atMs: nowMs } };
  return { id, command: { type: 'schedule', plan: null, atMs: nowMs } };
}

/** Stripe was looked at: it is known whether the subscription ends with its period. */
export function subscriptionSeen(state: CustomerState, view: SubscriptionView): CustomerState {
  const { lookAtStripe: _looked, ...rest } = state;
  if (state.stripe?.subscription !== view.subscription) return rest;
  return { ...rest, cancelAtEnd: view.endsWithPeriod };
}
