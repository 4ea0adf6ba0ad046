import type { PlanSnapshot } from '../../catalogue.js';
import type { CustomerState, Segment } from '../../state.js';
import { extendTo, isPriced, planInForce, planKey, segmentAt } from '../periods/segments.js';

/** What Stripe must still be told of a change at the end of a period. */

/** True while Stripe's items are those of the plan before the change. */
export function awaitsSwap({ stripe, plan }: CustomerState): boolean {
  if (!stripe?.plan || !plan) return false;
  return planKey(stripe.plan) !== planKey(plan);
}

/**
 * True for a period that Stripe has no items for yet: its reports wait. So do those of a period
 * that a scheduled change is about to replace.
 */
export function awaitsItems(state: CustomerState, segment: Segment): boolean {
  const { scheduled } = state;
  if (scheduled && segment.startMs >= scheduled.atMs) return true;
  const { plan } = segment.link ?? state.stripe ?? {};
  return plan !== undefined && planKey(plan) !== planKey(segment.plan);
}

/** What Stripe is to know: whether the subscription ends with its period. */
export function endsWithPeriod(state: CustomerState): boolean {
  const { stripe, scheduled } = state;
  if (!stripe || !scheduled) return false;
  const { plan } = scheduled;
  return plan === null || !isPriced(plan) || isBilledOtherwise(state, plan);
}

/**
 * When the period that runs here at `atMs` begins at Stripe, Unix seconds: at its own second, up
 * to a minute after ours. Before that, "ends with its period" would end the one before. The first
 * period stands there already; null: nothing is billed there.
 */
export function beginsAtStripeSeconds(state: CustomerState, atMs: number): number | null {
  if (!state.stripe || state.segments.length === 0) return null;
  const { stripe } = segmentAt(extendTo(state, atMs), atMs);
  return stripe && stripe.startSeconds > state.stripe.anchorSeconds ? stripe.startSeconds : null;
}

/**
 * Until when, ms, the period that runs here at `atMs` can't be said to be the last before `plan`
 * (null: before nothing), for Stripe is still in the one before; null: now.
 */
export function endableFromMs(
  state: CustomerState,
  plan: PlanSnapshot | null,
  atMs: number,
): number | null {
  if (plan && isPriced(plan) && !isBilledOtherwise(state, plan)) return null;
  const beginsSeconds = beginsAtStripeSeconds(state, atMs);
  if (beginsSeconds === null || atMs >= beginsSeconds * 1000) return null;
  return beginsSeconds * 1000;
}

/** True where the items of a plan can't follow on the subscription: its periods are others. */
export function isBilledOtherwise(state: CustomerState, { plan }: PlanSnapshot): boolean {
  const now = planInForce(state);
  return now !== null && now.plan.interval !== plan.interval;
}

/** Where the period ends at Stripe that a scheduled change waits for, Unix seconds; or null. */
export function scheduledEndSeconds(state: CustomerState): number | null {
  const { scheduled, segments } = state;
  if (!scheduled || segments.length === 0) return null;
  return segmentAt(state, scheduled.atMs - 1).stripe?.endSeconds ?? null;
}

/** True while Stripe does not know that the subscription ends with its period. */
export function isUntold(state: CustomerState): boolean {
  return endsWithPeriod(state) && awaitsCancelSync(state);
}

/** True while Stripe may end at its end what is to go on: it is asked before the change acts. */
export function mayEndThere(state: CustomerState): boolean {
  return tellsEndsApart(state) && awaitsCancelSync(state) && !endsWithPeriod(state);
}

/** False in runs that began before it was asked how a subscription has ended: they go on so. */
export function tellsEndsApart({ billsUndrafted }: CustomerState): boolean {
  return billsUndrafted === 'withUsage';
}

/** True while Stripe has not been told so, or not been told that it does not any more. */
export function awaitsCancelSync(state: CustomerState): boolean {
  return state.stripe !== null && endsWithPeriod(state) !== (state.cancelAtEnd ?? false);
}
