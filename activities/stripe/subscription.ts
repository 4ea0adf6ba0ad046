import type Stripe from 'stripe';
import type { PlanSnapshot } from '../../billing/catalogue.js';
import type { StripeLink } from '../../billing/command.js';
import type { StripeAccount } from './account.js';
import { ensure, findByRef, REF_KEY } from './ensure.js';
import { eventNameOf, planPrices } from './priceTerms.js';
import type { PublishedPrice } from './publish.js';
import type { StripeSession } from './session.js';

/** A new subscription: base item and one item per priced meter (DESIGN §6). */

/** What it is made of. */
export interface SubscriptionInput {
  /** The ensure's name. */
  readonly name: string;
  readonly account: StripeAccount;
  /** The plan's prices, base first. */
  readonly prices: readonly PublishedPrice[];
  /** Days of trial; null: none. */
  readonly trialDays: number | null;
}

/** A plan's prices as a subscription takes them: metered ones have no quantity. */
export function itemsOf(
  prices: readonly PublishedPrice[],
): { readonly price: string; readonly quantity?: number }[] {
  return prices.map(({ price, meter }) => (meter ? { price } : { price, quantity: 1 }));
}

/** The plan's prices in its order. @throws Error when one is not published. */
export function pricesOfPlan(
  snapshot: PlanSnapshot,
  published: ReadonlyMap<string, PublishedPrice>,
): PublishedPrice[] {
  return planPrices(snapshot).map(({ lookupKey }) => {
    const price = published.get(lookupKey);
    if (!price) throw new Error(`price ${lookupKey} is not at Stripe`);
    return price;
  });
}

/**
 * Ensures the subscription: `flexible`, so that no empty invoice comes; no anchor asked, so that
 * it starts now; nothing is made when the first payment fails.
 */
export function ensureSubscription(
  session: StripeSession,
  { name, account, prices, trialDays }: SubscriptionInput,
): Promise<string> {
  const { subscriptions } = session.stripe;
  const { customer } = account;
  const filter = { customer, status: 'all', limit: 100 } as const;
  return ensure(session, {
    name,
    find: () => findByRef(subscriptions.list(filter, session.within()), name),
    create: async (httpKey) => {
      const params: Stripe.SubscriptionCreateParams = {
        customer,
        items: itemsOf(prices),
        billing_mode: { type: 'flexible' },
        payment_behavior: 'error_if_incomplete',
        ...(trialDays === null ? {} : trialParams(trialDays)),
        metadata: { [REF_KEY]: name },
      };
      return (await subscriptions.create(params, session.within(httpKey))).id;
    },
  });
}

/** Who has no card when the trial ends is not billed: the subscription ends there. */
export function trialParams(
  days: number,
): Pick<Stripe.SubscriptionCreateParams, 'trial_period_days'> & {
  readonly trial_settings: { end_behavior: { missing_payment_method: 'cancel' } };
} {
  return {
    trial_period_days: days,
    trial_settings: { end_behavior: { missing_payment_method: 'cancel' } },
  };
}

/** What the customer's workflow must know of it, as Stripe tells it. */
export async function readLink(
  session: StripeSession,
  subscription: string,
  { account, prices }: Pick<SubscriptionInput, 'account' | 'prices'>,
): Promise<StripeLink> {
  const { subscriptionItems } = session.stripe;
  const params = { subscription, limit: 100 };
  const { data } = await subscriptionItems.list(params, session.within());
  const found = await session.stripe.subscriptions.retrieve(subscription, {}, session.within());
  const anchorSeconds = data[0]?.current_period_start;
  if (anchorSeconds === undefined) throw new Error(`subscription ${subscription} has no items`);
  const metered = prices.filter((price) => price.meter !== null);
  const byMeter = (value: (price: PublishedPrice) => string) =>
    Object.fromEntries(metered.map((price) => [price.meter, value(price)]));
  return {
    customer: account.customer,
    subscription,
    testClock: account.testClock,
    baseItem: baseItemOf(data, prices),
    items: byMeter(({ price }) => itemOf(data, price)),
    meters: byMeter(({ price, stripeMeter }) => stripeMeter ?? noMeter(price)),
    eventNames: byMeter(({ meter }) => eventNameOf(meter ?? '')),
    anchorSeconds,
    ...(found.status === 'trialing' && found.trial_end !== null
      ? { trialEndSeconds: found.trial_end }
      : {}),
  };
}

function baseItemOf(
  items: readonly Stripe.SubscriptionItem[],
  prices: readonly PublishedPrice[],
): string | null {
  const base = prices.find((price) => price.meter === null);
  return base ? itemOf(items, base.price) : null;
}

function itemOf(items: readonly Stripe.SubscriptionItem[], price: string): string {
  const item = items.find((candidate) => candidate.price.id === price);
  if (!item) throw new Error(`no subscription item has the price ${price}`);
  return item.id;
}

function noMeter(price: string): never {
  throw new Error(`price ${price} has no meter at Stripe`);
}
