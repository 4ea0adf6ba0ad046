import type Stripe from 'stripe';
import type { StripeLink } from '../../billing/command.js';
import { writeCommandOnce } from '../log.js';
import type { StripeActivities } from '../contract.js';
import type { StripeAccount } from './account.js';
import { sessionFor, type StripeDeps } from './deps.js';
import { ensure, REF_KEY } from './ensure.js';
import { endedOf } from './readSubscription.js';
import { publishPlans, type PublishedPrice } from './publish.js';
import type { StripeSession } from './session.js';
import { itemsOf, pricesOfPlan, readLink } from './subscription.js';
import { advanceClock } from './testClock.js';

/** Changes of a subscription that stands: other items, its end. */

/** What an update makes of a subscription. */
interface ItemChange {
  /** The ensure's name: one change of items each. */
  readonly name: string;
  readonly link: StripeLink;
  readonly prices: readonly PublishedPrice[];
  /** What comes with the items: a new anchor, or nothing. */
  readonly terms: Stripe.SubscriptionUpdateParams;
}

/**
 * Swaps all items in one update, no proration: what the old ones counted is never Stripe's to
 * bill. The update marks the subscription with its name, so that it is found again.
 */
export async function changeItems(
  session: StripeSession,
  { name, link, prices, terms }: ItemChange,
): Promise<StripeLink> {
  const { subscriptions } = session.stripe;
  await ensure(session, {
    name,
    find: async () => {
      const found = await subscriptions.retrieve(link.subscription, {}, session.within());
      return found.metadata[REF_KEY] === name ? found.id : null;
    },
    create: async (httpKey) => {
      const params: Stripe.SubscriptionUpdateParams = {
        items: swapped(link, prices),
        proration_behavior: 'none',
        metadata: { [REF_KEY]: name },
        ...terms,
      };
      const options = session.within(httpKey);
      return (await subscriptions.update(link.subscription, params, options)).id;
    },
  });
  const account: StripeAccount = {
    customer: link.customer,
    testClock: link.testClock,
    canPay: true,
  };
  return readLink(session, link.subscription, { account, prices });
}

/**
 * Every item of ours goes, the plan's come. From the link, not from Stripe: an update that is
 * sent again under its key must say the same.
 */
function swapped(
  { baseItem, items, otherItems = [] }: StripeLink,
  prices: readonly PublishedPrice[],
): Stripe.SubscriptionUpdateParams.Item[] {
  const base = baseItem === null ? otherItems : [baseItem];
  const ours = [...base, ...Object.values(items)];
  const going = ours.map((id) => ({ id, deleted: true }));
  return [...going, ...itemsOf(prices)];
}

/**
 * A change now: the plan's items from this second on, a new anchor, the new base charged at once;
 * a refused card changes nothing (`error_if_incomplete`).
 */
export async function changeNow(
  session: StripeSession,
  change: Omit<ItemChange, 'terms'> & { readonly startMs: number },
): Promise<StripeLink> {
  const { link, startMs } = change;
  const startSeconds = Math.floor(startMs / 1000);
  if (link.testClock) await advanceClock(session, link.testClock, startSeconds);
  const isTrial = link.trialEndSeconds !== undefined && startSeconds < link.trialEndSeconds;
  return changeItems(session, {
    ...change,
    terms: {
      billing_cycle_anchor: { type: 'now' },
      payment_behavior: 'error_if_incomplete',
      cancel_at_period_end: false,
      ...(isTrial ? { trial_end: 'now' as const } : {}),
    },
  });
}

/** See `StripeActivities.swapItems`. */
export async function swapItems(
  deps: StripeDeps,
  { key, stripe: link, plan, segment }: Parameters<StripeActivities['swapItems']>[0],
): Promise<{ readonly number: number }> {
  const session = sessionFor(deps, key.mode);
  const prices = pricesOfPlan(plan, await publishPlans(session, key.mode, [plan]));
  const name = `swap/${link.subscription}/${segment}`;
  const changed = await changeItems(session, { name, link, prices, terms: {} });
  const stripe: StripeLink = {
    ...changed,
    anchorSeconds: link.anchorSeconds,
    itemsSinceSeconds: await newestItem(session, link.subscription),
    plan: { id: plan.id, version: plan.version },
  };
  return writeCommandOnce(deps.ledger, key, `swapped-${segment}`, { type: 'swapped', stripe });
}

/** When the newest item was added, Unix seconds. */
async function newestItem(session: StripeSession, subscription: string): Promise<number> {
  const params = { subscription, limit: 100 };
  const { data } = await session.stripe.subscriptionItems.list(params, session.within());
  return Math.max(...data.map(({ created }) => created));
}

/** See `StripeActivities.syncCancellation`. It needs no key: what is so already stays so. */
export async function syncCancellation(
  deps: StripeDeps,
  { key, stripe: link, ends, endSeconds }: Parameters<StripeActivities['syncCancellation']>[0],
): Promise<{ readonly ended: boolean }> {
  const session = sessionFor(deps, key.mode);
  const { subscriptions } = session.stripe;
  const standing = await subscriptions.retrieve(link.subscription, {}, session.within());
  if (standing.status === 'canceled') return { ended: true };
  requirePeriod(standing, endSeconds);
  if (standing.cancel_at_period_end === ends) return { ended: false };
  const params = { cancel_at_period_end: ends };
  const told = await subscriptions.update(link.subscription, params, session.within());
  // It may have come to Stripe just too late: then it ends a period later there.
  requirePeriod(told, endSeconds);
  return { ended: false };
}

/** How far Stripe's end of a period may lie from ours: far less than a period is long, seconds. */
const SAME_END_SECONDS = 12 * 3600;

/** @throws Error where all items are in a later period than the one that ends at `endSeconds`. */
function requirePeriod({ id, items }: Stripe.Subscription, endSeconds?: number | null): void {
  const latest = (endSeconds ?? Infinity) + SAME_END_SECONDS;
  if (items.data.some(({ current_period_end: end }) => end <= latest)) return;
  throw new Error(`${id} is in the period after the one that it was to end with`);
}

/**
 * See `StripeActivities.unsubscribe`. It needs no key: a subscription ends once, and whether it
 * has is read first.
 */
export async function unsubscribe(
  deps: StripeDeps,
  { key, stripe: link, request, nowMs }: Parameters<StripeActivities['unsubscribe']>[0],
): Promise<{ readonly number: number }> {
  const session = sessionFor(deps, key.mode);
  const { subscriptions } = session.stripe;
  if (link.testClock) await advanceClock(session, link.testClock, Math.floor(nowMs / 1000));
  const standing = await subscriptions.retrieve(link.subscription, {}, session.within());
  const params = { invoice_now: false, prorate: false };
  const before = endedOf(standing);
  const cancel = () => subscriptions.cancel(link.subscription, params, session.within());
  const now = before ?? endedOf(await cancel());
  if (!now) throw new Error(`${link.subscription} goes on though it was canceled`);
  const { atSeconds: endedSeconds } = now;
  const byCycle = before?.byCycle ?? false;
  const command = { type: 'ended', request, endedSeconds, byCycle } as const;
  return writeCommandOnce(deps.ledger, key, `ended-${request}`, command);
}
