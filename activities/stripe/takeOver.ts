import type Stripe from 'stripe';
import type { StripeLink } from '../../billing/command.js';
import type { Mode, PlanSnapshot } from '../../billing/catalogue.js';
import type {
  FoundItem,
  FoundSubscription,
} from '../../billing/customer/subscription/foundSubscription.js';
import { checkTakeover } from '../../billing/customer/subscription/takeoverCheck.js';
import type { TakenOver } from '../../billing/takeover.js';
import type { StripeAccount } from './account.js';
import { ensure, REF_KEY } from './ensure.js';
import { known } from './linking.js';
import type { PublishedPrice } from './publish.js';
import { Refused } from './refusal.js';
import type { StripeSession } from './session.js';
import { readLink } from './subscription.js';

/** Takes over a subscription that runs: reads, judges, adds the items that it lacks. */

/** What is taken over, and by what it is to be billed. */
export interface TakeoverInput {
  /** The ensure's name: one takeover each. */
  readonly name: string;
  readonly mode: Mode;
  readonly subscription: string;
  readonly plan: PlanSnapshot;
  readonly prices: readonly PublishedPrice[];
  readonly account: StripeAccount;
  /** Stripe's time, Unix seconds. */
  readonly nowSeconds: number;
}

/** What has been taken over. */
export interface Takeover {
  readonly stripe: StripeLink;
  readonly takenOver: TakenOver;
}

/**
 * Nothing is charged by it: metered items count from now on, a base that nobody charges comes with
 * the next period. `claim` runs once it is sure that nothing speaks against it.
 * @throws Refused `conflict` where something does; nothing was changed then.
 */
export async function takeOver(
  session: StripeSession,
  input: TakeoverInput,
  claim: () => Promise<void>,
): Promise<Takeover> {
  const { plan, prices, account, nowSeconds } = input;
  const found = await readFound(session, input);
  const wanted = { plan, prices, customer: account.customer, nowSeconds };
  const judged = checkTakeover(found, wanted);
  if (judged.refused !== null) throw new Refused('conflict', judged.refused);
  await claim();
  const { missing, base, otherItems, startSeconds, periods } = judged;
  if (missing.length > 0) await addItems(session, input, missing);
  const metered = prices.filter(({ meter }) => meter !== null);
  const read = await readLink(session, input.subscription, { account, prices: metered });
  const { trialEndSeconds, items } = read;
  const baseItem = base === 'added' ? await itemOfBase(session, input) : judged.baseItem;
  const stripe: StripeLink = {
    ...read,
    baseItem,
    anchorSeconds: trialEndSeconds === undefined ? found.anchorSeconds : startSeconds,
    itemsSinceSeconds: await newestOf(session, input.subscription, Object.values(items)),
    ...(otherItems.length > 0 ? { otherItems } : {}),
  };
  const atSeconds = Math.max(nowSeconds, startSeconds);
  return { stripe, takenOver: { startSeconds, periods, atSeconds, base } };
}

type Item = Stripe.SubscriptionItem;

async function itemsOf(session: StripeSession, subscription: string): Promise<readonly Item[]> {
  const params = { subscription, limit: 100 };
  return (await session.stripe.subscriptionItems.list(params, session.within())).data;
}

/** The item of the plan's base price; null: it has none. */
async function itemOfBase(
  session: StripeSession,
  { subscription, prices }: TakeoverInput,
): Promise<string | null> {
  const base = prices.find(({ meter }) => meter === null);
  const items = await itemsOf(session, subscription);
  return items.find((item) => item.price.id === base?.price)?.id ?? null;
}

/** When the newest of these items was added, Unix seconds; 0: there are none. */
async function newestOf(
  session: StripeSession,
  subscription: string,
  ids: readonly string[],
): Promise<number> {
  const items = await itemsOf(session, subscription);
  const created = items.filter(({ id }) => ids.includes(id)).map((item) => item.created);
  return Math.max(0, ...created);
}

async function readFound(
  session: StripeSession,
  { name, mode, subscription: id, account }: TakeoverInput,
): Promise<FoundSubscription> {
  const found = await known(id, mode, () =>
    session.stripe.subscriptions.retrieve(id, {}, session.within()),
  );
  const { customer } = found;
  const items = await itemsOf(session, id);
  return {
    subscription: id,
    customer: typeof customer === 'string' ? customer : customer.id,
    status: found.status,
    currency: found.currency,
    isSent: found.collection_method === 'send_invoice',
    isScheduled: found.schedule !== null,
    anchorSeconds: found.billing_cycle_anchor,
    items: items.map((item) => foundItem(item, name)),
    metersElsewhere: await metersOfOthers(session, account.customer, (other) => other.id === id),
  };
}

function foundItem(item: Item, name: string): FoundItem {
  const { price } = item;
  const { recurring, unit_amount_decimal: unitAmount } = price;
  return {
    id: item.id,
    price: price.id,
    meter: recurring?.meter ?? null,
    quantity: item.quantity ?? 1,
    unitAmountMinor: unitAmount === null ? null : String(unitAmount),
    interval: recurring?.interval ?? 'none',
    intervalCount: recurring?.interval_count ?? 1,
    startSeconds: item.current_period_start,
    endSeconds: item.current_period_end,
    isNew: item.metadata[REF_KEY] === name,
  };
}

/** Meters that a customer's other running subscriptions bill: they would be billed twice. */
export async function metersOfOthers(
  session: StripeSession,
  customer: string,
  isOurs: (subscription: Stripe.Subscription) => boolean,
): Promise<readonly string[]> {
  const params = { customer, limit: 100 };
  const { data } = await session.stripe.subscriptions.list(params, session.within());
  const items = data.filter((other) => !isOurs(other)).flatMap((other) => other.items.data);
  return items.flatMap(({ price }) => price.recurring?.meter ?? []);
}

/** Each added item carries the name: a repeat asks for the same, and knows what it found. */
async function addItems(
  session: StripeSession,
  { name, subscription: id, prices }: TakeoverInput,
  missing: readonly string[],
): Promise<void> {
  const { subscriptions } = session.stripe;
  const metadata = { [REF_KEY]: name };
  const added = prices.filter(({ price }) => missing.includes(price));
  await ensure(session, {
    name,
    find: async () => {
      const items = await itemsOf(session, id);
      return items.some((item) => item.metadata[REF_KEY] === name) ? id : null;
    },
    create: async (httpKey) => {
      const params: Stripe.SubscriptionUpdateParams = {
        items: added.map(({ price, meter }) =>
          meter === null ? { price, quantity: 1, metadata } : { price, metadata },
        ),
        proration_behavior: 'none',
      };
      return (await subscriptions.update(id, params, session.within(httpKey))).id;
    },
  });
}

/** Takes back what was added, where the request was answered with a no meanwhile. */
export async function giveBack(
  session: StripeSession,
  subscription: string,
  name: string,
): Promise<void> {
  const items = await itemsOf(session, subscription);
  const added = items.filter((item) => item.metadata[REF_KEY] === name);
  if (added.length === 0) return;
  const params: Stripe.SubscriptionUpdateParams = {
    items: added.map(({ id }) => ({ id, deleted: true })),
    proration_behavior: 'none',
  };
  await session.stripe.subscriptions.update(subscription, params, session.within());
}
