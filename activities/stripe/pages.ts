import type Stripe from 'stripe';
import type { PageAsk } from '../../billing/arrangement.js';
import type { Command } from '../../billing/command.js';
import type { CheckoutView } from '../../billing/customer/invoice/view.js';
import type { CommandEntry } from '../../billing/log.js';
import { contentHash } from '../contentHash.js';
import type { StripeActivities } from '../contract.js';
import { ensureAccount, type StripeAccount } from './account.js';
import { sessionFor, type StripeDeps } from './deps.js';
import { ensure, findByRef, REF_KEY } from './ensure.js';
import { publishPlans } from './publish.js';
import { refusalIn } from './refusal.js';
import type { StripeSession } from './session.js';
import { itemsOf, pricesOfPlan, readLink, trialParams } from './subscription.js';

/** Stripe's own pages for a customer: Checkout and the billing portal. */

type OpenInput = Parameters<StripeActivities['openPage']>[0];
type Checkout = Extract<PageAsk, { kind: 'checkout' }>;

/** See `StripeActivities.openPage`. Answers of one request share an id: the first one stands. */
export async function openPage(
  deps: StripeDeps,
  input: OpenInput,
): Promise<{ readonly number: number }> {
  const id = `command/page-${input.request}`;
  const standing = await deps.ledger.log.entry(input.key, id);
  if (standing) return { number: standing.number };
  const command = await openedOrRefused(deps, input);
  const entry: CommandEntry = { kind: 'command', id, command, hash: contentHash(command) };
  const [outcome] = await deps.ledger.writer.append(input.key, [entry]);
  if (!outcome || outcome.status === 'fenced') throw new Error(`${id} was not written`);
  return { number: outcome.number };
}

/** Where somebody must put something right first, no page is opened. */
async function openedOrRefused(deps: StripeDeps, input: OpenInput): Promise<Command> {
  const session = sessionFor(deps, input.key.mode);
  try {
    return await opened(session, input, await ensureAccount(session, input));
  } catch (error) {
    const refusal = refusalIn(error);
    if (!refusal) throw error;
    return { type: 'pageFailed', request: input.request, detail: refusal.message };
  }
}

async function opened(
  session: StripeSession,
  input: OpenInput,
  account: StripeAccount,
): Promise<Command> {
  const { ask, request } = input;
  const { customer: stripeCustomer } = account;
  const made = { type: 'pageOpened', request, stripeCustomer } as const;
  if (ask.kind === 'portal') {
    const params = { customer: stripeCustomer, return_url: ask.returnUrl };
    const page = await session.stripe.billingPortal.sessions.create(params, session.within());
    return { ...made, url: page.url, expiresAtMs: null, checkout: null };
  }
  const page = await ensureCheckout(session, input, ask, account);
  if (!page.url) throw new Error(`Checkout ${page.id} has no address`);
  const checkout = { session: page.id, plan: ask.plan };
  return { ...made, url: page.url, expiresAtMs: page.expires_at * 1000, checkout };
}

/** One open session a customer: an older one is ended first. */
async function ensureCheckout(
  session: StripeSession,
  { key, request, trialDays }: OpenInput,
  ask: Checkout,
  { customer }: StripeAccount,
): Promise<Stripe.Checkout.Session> {
  const { sessions } = session.stripe.checkout;
  const name = `checkout/${key.mode}/${key.customer}/${key.life}/${request}`;
  await endOthers(session, customer, name);
  const published = await publishPlans(session, key.mode, [ask.plan]);
  const prices = pricesOfPlan(ask.plan, published);
  const id = await ensure(session, {
    name,
    find: () => findByRef(sessions.list({ customer, limit: 100 }, session.within()), name),
    create: async (httpKey) => {
      const trial = trialDays === null ? {} : trialParams(trialDays);
      const params: Stripe.Checkout.SessionCreateParams = {
        mode: 'subscription',
        customer,
        line_items: itemsOf(prices),
        success_url: ask.successUrl,
        cancel_url: ask.cancelUrl,
        payment_method_collection: 'always',
        subscription_data: {
          billing_mode: { type: 'flexible' },
          metadata: { [REF_KEY]: name },
          ...trial,
        },
        metadata: { [REF_KEY]: name },
      };
      return (await sessions.create(params, session.within(httpKey))).id;
    },
  });
  return sessions.retrieve(id, {}, session.within());
}

async function endOthers(session: StripeSession, customer: string, name: string): Promise<void> {
  const { sessions } = session.stripe.checkout;
  const open = { customer, status: 'open', limit: 100 } as const;
  const { data } = await sessions.list(open, session.within());
  for (const other of data) {
    if (other.metadata?.[REF_KEY] === name) continue;
    await sessions.expire(other.id, {}, session.within());
  }
}

/** See `StripeActivities.readCheckout`. */
export async function readCheckout(
  deps: StripeDeps,
  { key, checkout, stripeCustomer }: Parameters<StripeActivities['readCheckout']>[0],
): Promise<CheckoutView> {
  const session = sessionFor(deps, key.mode);
  const page = await session.stripe.checkout.sessions.retrieve(
    checkout.session,
    {},
    session.within(),
  );
  if (page.status !== 'complete') return { isOpen: page.status === 'open', stripe: null };
  const { subscription } = page;
  const made = typeof subscription === 'string' ? subscription : subscription?.id;
  if (made === undefined) throw new Error(`Checkout ${page.id} has made no subscription`);
  const published = await publishPlans(session, key.mode, [checkout.plan]);
  const prices = pricesOfPlan(checkout.plan, published);
  const found = await session.stripe.customers.retrieve(stripeCustomer, {}, session.within());
  const clock = found.deleted ? null : (found.test_clock ?? null);
  const testClock = typeof clock === 'string' ? clock : (clock?.id ?? null);
  const account: StripeAccount = { customer: stripeCustomer, testClock, canPay: true };
  return { isOpen: false, stripe: await readLink(session, made, { account, prices }) };
}
