import type { CustomerState, Segment } from '../../state.js';
import type { TakeoverCommand } from '../../takeover.js';
import type { Adoption } from './adopting.js';
import type { SubscriptionView } from '../invoice/view.js';

/**
 * Others have paused the collection of a subscription's invoices at Stripe. Periods and usage go
 * on (pause-payment page); what we would finalise and collect waits.
 */

/** Collection is paused, or goes on. */
export function applyPaused(
  state: CustomerState,
  { subscription, pause }: Extract<TakeoverCommand, { type: 'paused' }>,
): CustomerState {
  return state.stripe?.subscription === subscription ? { ...state, pause } : state;
}

/**
 * The command that makes a pause at Stripe, or its end, stand here; null: it does, or it was not
 * looked at.
 */
export function pauseToAdopt(
  { stripe, pause, mark }: CustomerState,
  { subscription, pause: seen }: SubscriptionView,
): Adoption | null {
  if (stripe?.subscription !== subscription || seen === undefined) return null;
  const isSame =
    pause?.behavior === seen?.behavior && pause?.resumesAtSeconds === seen?.resumesAtSeconds;
  if (isSame) return null;
  return { id: `paused-${mark}`, command: { type: 'paused', subscription, pause: seen } };
}

/** True while a draft of the cycle waits for the end of a pause. */
export function isHeldBack({ pause, stripe }: CustomerState, segment: Segment): boolean {
  const { close, link, stage, final } = segment;
  if (!pause || !stripe || close || final || stage !== 'finalise') return false;
  return link === undefined || link.subscription === stripe.subscription;
}
