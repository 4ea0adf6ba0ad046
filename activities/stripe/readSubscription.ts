import type Stripe from 'stripe';
import type { SubscriptionView } from '../../billing/customer/invoice/view.js';
import type { CollectionPause } from '../../billing/takeover.js';
import type { StripeActivities } from '../contract.js';
import { sessionFor, type StripeDeps } from './deps.js';

/** See `StripeActivities.readSubscription`. */
export async function readSubscription(
  deps: StripeDeps,
  { key, stripe: link }: Parameters<StripeActivities['readSubscription']>[0],
): Promise<SubscriptionView> {
  const session = sessionFor(deps, key.mode);
  const found = await session.stripe.subscriptions.retrieve(
    link.subscription,
    {},
    session.within(),
  );
  return {
    subscription: found.id,
    endsWithPeriod: found.cancel_at_period_end,
    ended: endedOf(found),
    pause: pauseOf(found),
  };
}

const BEHAVIOURS = {
  keep_as_draft: 'keepAsDraft',
  mark_uncollectible: 'markUncollectible',
  void: 'void',
} as const satisfies Record<string, CollectionPause['behavior']>;

/** A behaviour that is not known is the careful one: what is made stays a draft. */
function pauseOf({
  status,
  pause_collection: pause,
}: Stripe.Subscription): CollectionPause | null {
  if (status === 'paused') return { behavior: 'noInvoices', resumesAtSeconds: null };
  if (!pause) return null;
  const behaviours = new Map<string, CollectionPause['behavior']>(Object.entries(BEHAVIOURS));
  const behavior = behaviours.get(pause.behavior) ?? 'keepAsDraft';
  return { behavior, resumesAtSeconds: pause.resumes_at };
}

/** When a subscription ended, null: it goes on. Its last cycle invoiced one that ran to its end. */
export function endedOf(found: Stripe.Subscription): SubscriptionView['ended'] {
  if (found.status !== 'canceled' && found.status !== 'incomplete_expired') return null;
  const atSeconds = found.ended_at ?? found.canceled_at;
  if (atSeconds === null) throw new Error(`${found.id} ended at no time`);
  const periodEnds = found.items.data.map((item) => item.current_period_end);
  return { atSeconds, byCycle: periodEnds.some((endSeconds) => endSeconds <= atSeconds) };
}
