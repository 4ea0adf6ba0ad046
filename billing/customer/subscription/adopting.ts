import type { Command } from '../../command.js';
import type { CustomerState } from '../../state.js';
import type { SubscriptionView } from '../invoice/view.js';
import { tellsEndsApart } from '../plans/turns.js';

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
  state: CustomerState,
  { subscription, endsWithPeriod, ended }: SubscriptionView,
  nowMs: number,
): Adoption | null {
  const { stripe, pending, leaving, cancelAtEnd, mark } = state;
  if (stripe?.subscription !== subscription || pending || leaving) return null;
  if (ended) {
    const { atSeconds: endedSeconds, byCycle } = ended;
    // A change that waits for this very end acts by its own entry.
    if (byCycle && waitsFor(state, endedSeconds)) return null;
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

/** True where a change is scheduled for the end that the subscription has come to. */
function waitsFor(state: CustomerState, endedSeconds: number): boolean {
  const { scheduled } = state;
  if (!scheduled) return false;
  return !tellsEndsApart(state) || endedSeconds * 1000 >= scheduled.atMs;
}

/** Stripe was told, or had ended the subscription before: then it is looked at. */
export function cancellationSynced(
  state: CustomerState,
  { ends, ended = false }: { readonly ends: boolean; readonly ended?: boolean },
): CustomerState {
  const told: CustomerState = { ...state, cancelAtEnd: ends };
  return ended ? { ...told, endedThere: true, lookAtStripe: true } : told;
}

/** Stripe was looked at: it is known whether the subscription ends with its period. */
export function subscriptionSeen(state: CustomerState, view: SubscriptionView): CustomerState {
  const { lookAtStripe: _looked, ...rest } = state;
  if (state.stripe?.subscription !== view.subscription) return rest;
  // What has ended there needs not be told again.
  return state.endedThere ? rest : { ...rest, cancelAtEnd: view.endsWithPeriod };
}
