import { customerNow } from '../billing/customer/clock.js';
import { trialDaysOf } from '../billing/customer/plans/joining.js';
import { logActs, stripeActs } from './acts.js';
import { happen, type Life } from './life.js';
import { waitForMark } from './party.js';

/** Stripe's own pages: opened when asked for, a checkout followed until it is paid or over. */

/** Opens the page that is wanted. */
export async function openPage(life: Life): Promise<void> {
  const { key, name, email, wantedPage, linkedCustomer } = life.state;
  if (!wantedPage) return;
  const { request, ask } = wantedPage;
  const { number } = await stripeActs(ask.kind).openPage({
    key,
    request,
    ask,
    startMs: customerNow(life.state, Date.now()),
    name,
    email,
    trialDays: ask.kind === 'checkout' ? trialDaysOf(life.state, ask.plan) : null,
    ...(linkedCustomer === undefined ? {} : { linked: linkedCustomer }),
  });
  await waitForMark(life, number);
}

/** A checkout that is paid has made a subscription: the plan begins. */
export async function lookAtCheckout(life: Life): Promise<void> {
  const { key, openPage: page } = life.state;
  if (!page?.checkout) return;
  const { stripeCustomer, checkout, request } = page;
  const acts = stripeActs('is the checkout paid?');
  const view = await acts.readCheckout({ key, stripeCustomer, checkout });
  if (view.stripe) {
    const { plan, session } = checkout;
    const command = { type: 'subscribed', request, plan, stripe: view.stripe } as const;
    const id = `checkout-${session}`;
    const log = logActs(`plan ${plan.id}, paid`);
    const { number } = await log.writeCommand({ key, id, command });
    await waitForMark(life, number);
  }
  happen(life, { type: 'checkoutSeen', view });
}
