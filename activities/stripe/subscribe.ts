import { isPriced } from '../../billing/customer/periods/segments.js';
import type { StripeActivities } from '../contract.js';
import { ensureAccount, type StripeAccount } from './account.js';
import { answerId, requestName, settle, type Yes } from './answering.js';
import { changeNow } from './change.js';
import { sessionFor, type StripeDeps } from './deps.js';
import { REF_KEY } from './ensure.js';
import { classify, isAway, STRIPE_AWAY } from './failures.js';
import { claimCustomer, known, linkedCustomer } from './linking.js';
import { publishPlans, type PublishedPrice } from './publish.js';
import { Refused, refusalIn } from './refusal.js';
import type { StripeSession } from './session.js';
import { ensureSubscription, pricesOfPlan, readLink } from './subscription.js';
import { metersOfOthers, takeOver } from './takeOver.js';

/** How a customer comes to a subscription: a new one, other items, or one that runs already. */

type SubscribeInput = Parameters<StripeActivities['subscribe']>[0];

/** See `StripeActivities.subscribe`. */
export async function subscribe(
  deps: StripeDeps,
  input: SubscribeInput,
): Promise<{ readonly number: number }> {
  const { log } = deps.ledger;
  const standing = await log.entry(input.key, answerId(input.request));
  if (standing) return { number: standing.number };
  try {
    return await settle(deps, input, await arrange(deps, input));
  } catch (error) {
    const refusal = refusalIn(error);
    const waits = input.follows !== undefined && refusal?.code === 'unavailable';
    if (!refusal || waits) throw error;
    const { code, message: detail } = refusal;
    const { request } = input;
    return settle(deps, input, { type: 'subscribeFailed', request, code, detail });
  }
}

/** Everything at Stripe. @throws Refused; anything else is to be repeated. */
async function arrange(deps: StripeDeps, input: SubscribeInput): Promise<Yes> {
  const { mode } = input.key;
  if (!deps.stripe[mode]) {
    throw new Refused('unavailable', `no Stripe key is set for ${mode} mode`);
  }
  const work: Work = { deps, input, session: sessionFor(deps, mode), name: requestName(input) };
  const before = await deps.ledger.ensures.find(work.name);
  try {
    return await arrangeAs(work);
  } catch (error) {
    throw before === null ? asRefusal(error, await deps.ledger.ensures.find(work.name)) : error;
  }
}

/** One request under work. */
interface Work {
  readonly deps: StripeDeps;
  readonly input: SubscribeInput;
  readonly session: StripeSession;
  /** The ensure's name. */
  readonly name: string;
}

async function arrangeAs(work: Work): Promise<Yes> {
  const { input, session, name } = work;
  const { plan, request } = input;
  if (!isPriced(plan)) return linkAlone(work);
  const published = await publishPlans(session, input.key.mode, [plan]);
  const prices = pricesOfPlan(plan, published);
  const made = { type: 'subscribed', request, plan } as const;
  if (input.stripe) {
    const { stripe: link, startMs } = input;
    const stripe = await refusing(() => changeNow(session, { name, link, prices, startMs }));
    return { ...made, stripe };
  }
  const account = await accountOf(work);
  if (input.follows !== undefined) await requireEnded(session, input.follows);
  const { isNew = false } = input;
  const isByItsClock = isNew && account.nowSeconds !== undefined && account.testClock !== null;
  const clock = isByItsClock ? { linkedAtSeconds: account.nowSeconds } : {};
  if (input.atStripe?.subscription) {
    const claim = () => claimed(work, account);
    const { subscription } = input.atStripe;
    const nowSeconds = account.nowSeconds ?? 0;
    const { mode } = input.key;
    const asked = { name, mode, subscription, plan, prices, account, nowSeconds };
    const taken = await refusing(() => takeOver(session, asked, claim));
    return { ...made, ...taken, ...clock };
  }
  return { ...made, stripe: await subscribeNew(work, account, prices), ...clock };
}

/** Nothing is billed there: the customer is ours from now on, that is all. */
async function linkAlone(work: Work): Promise<Yes> {
  const { session, input } = work;
  const stripeCustomer = input.atStripe?.customer;
  if (!stripeCustomer) throw new Error(`nothing is to be linked by ${work.name}`);
  const found = await linkedCustomer(session, input.key.mode, stripeCustomer);
  await claimCustomer(work.deps.ledger, input.key, found, input.request);
  return { type: 'linked', request: input.request, stripeCustomer };
}

/** Who is billed: the customer that is named, that of the subscription, the linked, or our own. */
async function accountOf({ session, input }: Work): Promise<StripeAccount> {
  const { atStripe, key } = input;
  const named = atStripe?.customer ?? input.linked;
  if (named !== undefined || !atStripe?.subscription) {
    return ensureAccount(session, { ...input, linked: named ?? undefined });
  }
  const { subscription } = atStripe;
  const { customer } = await known(subscription, key.mode, () =>
    session.stripe.subscriptions.retrieve(subscription, {}, session.within()),
  );
  const linked = typeof customer === 'string' ? customer : customer.id;
  return ensureAccount(session, { ...input, linked });
}

async function claimed({ deps, input, session }: Work, account: StripeAccount): Promise<void> {
  const found = await linkedCustomer(session, input.key.mode, account.customer);
  await claimCustomer(deps.ledger, input.key, found, input.request);
}

async function subscribeNew(
  work: Work,
  account: StripeAccount,
  prices: readonly PublishedPrice[],
) {
  const { session, input, name } = work;
  const { trialDays, plan } = input;
  if (account.nowSeconds !== undefined) {
    await refuseDouble(session, account, prices, name);
    await claimed(work, account);
  }
  const needsCard = trialDays === null || plan.plan.trial?.cardRequired !== false;
  if (!account.canPay && needsCard) {
    throw new Refused('payment_required', 'the customer has no payment method at Stripe');
  }
  return refusing(async () => {
    const subscription = await ensureSubscription(session, { name, account, prices, trialDays });
    return readLink(session, subscription, { account, prices });
  });
}

/** Two that run at once would both bill what is used. */
async function requireEnded(session: StripeSession, subscription: string): Promise<void> {
  const { subscriptions } = session.stripe;
  const { status } = await subscriptions.retrieve(subscription, {}, session.within());
  if (status !== 'canceled') throw new Error(`${subscription} is ${status}: it has not ended yet`);
}

/** Usage is counted by customer and meter: two subscriptions would both bill it. */
async function refuseDouble(
  session: StripeSession,
  { customer }: StripeAccount,
  prices: readonly PublishedPrice[],
  name: string,
): Promise<void> {
  const others = await metersOfOthers(session, customer, (one) => one.metadata[REF_KEY] === name);
  const double = prices.find(({ stripeMeter }) => stripeMeter && others.includes(stripeMeter));
  if (!double) return;
  const what = `${customer} has a subscription that bills the meter ${double.stripeMeter} already`;
  throw new Refused('conflict', `${what}: take it over by stripeSubscriptionId, or end it.`);
}

/** @throws Refused where Stripe refuses the payment, or what is asked; all else as it comes. */
async function refusing<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const fault = classify(error);
    if (fault?.kind === 'refused') throw new Refused('payment_required', fault.message);
    if (fault?.kind === 'permanent') throw new Refused('conflict', fault.message);
    throw error;
  }
}

/**
 * Stripe can't be reached: a clear no as long as the subscription was never sent, or surely
 * never arrived. Objects made before it cost nothing and are found by the next request.
 */
function asRefusal(error: unknown, sent: { readonly state: string } | null): unknown {
  const fault = classify(error);
  if (!fault) return error;
  const nothingMade = sent === null ? isAway(fault) : isNeverSent(sent.state, fault.code);
  return nothingMade ? new Refused('unavailable', fault.message) : error;
}

function isNeverSent(state: string, code: string): boolean {
  return state === 'sending' && code === STRIPE_AWAY;
}
