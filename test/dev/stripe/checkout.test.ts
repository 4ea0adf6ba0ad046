import type Stripe from 'stripe';
import {
  START,
  type World,
  advance,
  basePrice,
  customerOnClock,
  eventTypes,
  meteredPrice,
  newestInvoice,
  refusal,
  setCard,
  startWorld,
  sumMeter,
  until,
  usedPlan,
} from './world.js';

/**
 * Checkout and portal: docs.stripe.com/payments/checkout/managing-limited-inventory (expiry),
 * docs.stripe.com/payments/checkout/fulfillment (events), Checkout/Sessions.d.ts,
 * docs.stripe.com/customer-management. Their pages are stand-ins that a test fills in by POST.
 */

const DAY = 86_400;

let world: World;
let stripe: Stripe;
beforeEach(async () => {
  world = await startWorld();
  stripe = world.stripe;
});
afterEach(() => world.sandbox.stop());

/** What a person does on a page: fields are sent, nothing is followed. */
const fill = (url: string | null, fields: Record<string, string>) =>
  fetch(url ?? '', { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });

type Params = Partial<Stripe.Checkout.SessionCreateParams>;

let meters = 0;

/** A session for base 10.00 and tokens, for a customer on a clock. */
async function openSession(params: Params = {}) {
  const { clock, customer } = await customerOnClock(stripe);
  const meter = await sumMeter(stripe, `tokens${(meters += 1)}`);
  const base = await basePrice(stripe, 1000);
  const usage = await meteredPrice(stripe, meter.id, { unit_amount: 1 });
  const session = await stripe.checkout.sessions.create({
    mode: 'subscription',
    customer: customer.id,
    line_items: [{ price: base.id, quantity: 1 }, { price: usage.id }],
    success_url: 'https://app.example/done?session={CHECKOUT_SESSION_ID}',
    cancel_url: 'https://app.example/back',
    subscription_data: { metadata: { durabill_ref: 'subscribe/1' } },
    ...params,
  });
  return { clock, customer, usage, session };
}

const subscriptionsOf = async (customer: string) =>
  (await stripe.subscriptions.list({ customer, status: 'all' })).data;

describe('a Checkout Session', () => {
  it('is open for 24 hours, shows a page, and has made nothing yet', async () => {
    const { customer, session } = await openSession();
    const open = { status: 'open', payment_status: 'unpaid', subscription: null };
    expect(session).toMatchObject({ ...open, amount_total: 1000, expires_at: START + DAY });
    const page = await fetch(session.url ?? '');
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(await page.text()).toContain('Subscribe');
    expect(await subscriptionsOf(customer.id)).toEqual([]);
  });

  it('completed makes one subscription, paid, and tells it', async () => {
    const { customer, session } = await openSession();
    const done = await fill(session.url, { card: 'pm_card_visa' });
    const to = `https://app.example/done?session=${session.id}`;
    expect([done.status, done.headers.get('location')]).toEqual([303, to]);
    const [subscription] = await subscriptionsOf(customer.id);
    expect(subscription).toMatchObject({
      status: 'active',
      metadata: { durabill_ref: 'subscribe/1' },
      billing_mode: { type: 'flexible' },
    });
    expect(subscription?.default_payment_method).toMatch(/^pm_/);
    const complete = await stripe.checkout.sessions.retrieve(session.id);
    const ids = { subscription: subscription?.id, invoice: subscription?.latest_invoice };
    expect(complete).toMatchObject({ status: 'complete', payment_status: 'paid', ...ids });
    expect(await eventTypes(stripe, session.id)).toEqual(['checkout.session.completed']);
    const again = await fill(session.url, { card: 'pm_card_visa' });
    expect(again.status).toBe(410);
    expect(await subscriptionsOf(customer.id)).toHaveLength(1);
  });

  it.each(['pm_card_chargeDeclined', 'pm_card_chargeCustomerFail'])(
    'refused by %s stays open and makes nothing',
    async (card) => {
      const { customer, session } = await openSession();
      const refused = await fill(session.url, { card });
      expect(refused.status).toBe(402);
      expect(await refused.text()).toContain('Your card was declined.');
      expect(await subscriptionsOf(customer.id)).toEqual([]);
      expect((await stripe.invoices.list({ customer: customer.id })).data).toEqual([]);
      expect((await fill(session.url, { card: 'pm_card_visa' })).status).toBe(303);
    },
  );

  it('left makes nothing and stays open', async () => {
    const { customer, session } = await openSession();
    const left = await fill(session.url, { action: 'cancel' });
    expect(left.headers.get('location')).toBe('https://app.example/back');
    expect((await stripe.checkout.sessions.retrieve(session.id)).status).toBe('open');
    expect(await subscriptionsOf(customer.id)).toEqual([]);
  });

  it('expires after its time, or when it is told to', async () => {
    const { clock, customer, session } = await openSession();
    await advance(stripe, clock.id, START + DAY);
    const expired = await stripe.checkout.sessions.retrieve(session.id);
    expect(expired).toMatchObject({ status: 'expired', url: null });
    expect(await eventTypes(stripe, session.id)).toEqual(['checkout.session.expired']);
    expect((await fill(session.url, { card: 'pm_card_visa' })).status).toBe(410);
    expect(await subscriptionsOf(customer.id)).toEqual([]);
    const other = await openSession();
    await stripe.checkout.sessions.expire(other.session.id);
    expect((await refusal(stripe.checkout.sessions.expire(other.session.id))).statusCode).toBe(400);
  });

  it('begins the trial it is for at its completion, with nothing due', async () => {
    const { clock, customer, session } = await openSession({
      subscription_data: { trial_period_days: 7 },
    });
    expect(session.amount_total).toBe(0);
    await advance(stripe, clock.id, START + 3600);
    await fill(session.url, { card: 'pm_card_visa' });
    const [subscription] = await subscriptionsOf(customer.id);
    expect(subscription).toMatchObject({ status: 'trialing', trial_end: START + 3600 + 7 * DAY });
    const complete = await stripe.checkout.sessions.retrieve(session.id);
    expect(complete.payment_status).toBe('no_payment_required');
  });

  it('makes a customer where it has none', async () => {
    const base = await basePrice(stripe, 1000);
    const { url, id } = await stripe.checkout.sessions.create({
      mode: 'subscription',
      customer_email: 'ada@example.com',
      line_items: [{ price: base.id, quantity: 1 }],
      success_url: 'https://app.example/done',
    });
    await fill(url, { card: 'pm_card_visa' });
    const { customer } = await stripe.checkout.sessions.retrieve(id, { expand: ['customer'] });
    expect(customer).toMatchObject({ object: 'customer', email: 'ada@example.com' });
  });

  it('takes no quantity of usage, and an expiry of 30 minutes to 24 hours', async () => {
    const { usage } = await openSession();
    const metered = openSession({ line_items: [{ price: usage.id, quantity: 1 }] });
    expect((await refusal(metered)).param).toBe('line_items[0][quantity]');
    for (const expires_at of [START + 1799, START + DAY + 1]) {
      expect((await refusal(openSession({ expires_at }))).param).toBe('expires_at');
    }
  });
});

describe('the customer portal', () => {
  it('cancels at the end of the period, and keeps', async () => {
    const { customer, subscription, end } = await usedPlan(stripe);
    const params = { customer: customer.id, return_url: 'https://app.example/account' };
    const { url } = await stripe.billingPortal.sessions.create(params);
    expect(await (await fetch(url)).text()).toContain(subscription.id);
    await fill(url, { action: 'cancel', subscription: subscription.id });
    const ending = await stripe.subscriptions.retrieve(subscription.id);
    expect(ending).toMatchObject({ cancel_at_period_end: true, cancel_at: end });
    await fill(url, { action: 'keep', subscription: subscription.id });
    const kept = await stripe.subscriptions.retrieve(subscription.id);
    expect(kept).toMatchObject({ cancel_at_period_end: false, cancel_at: null });
    const back = await fill(url, { action: 'back' });
    expect(back.headers.get('location')).toBe('https://app.example/account');
  });

  it('takes a new card, which the next attempt uses', async () => {
    const { clock, customer, subscription, end } = await usedPlan(stripe);
    await setCard(stripe, customer.id, 'pm_card_chargeCustomerFail');
    await advance(stripe, clock.id, end + 2 * 3600);
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('past_due');
    const { url } = await stripe.billingPortal.sessions.create({ customer: customer.id });
    const declined = await fill(url, { action: 'card', card: 'pm_card_chargeDeclined' });
    expect(declined.status).toBe(402);
    await fill(url, { action: 'card', card: 'pm_card_mastercard' });
    await advance(stripe, clock.id, end + 4 * DAY);
    expect((await newestInvoice(stripe, customer.id)).status).toBe('paid');
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('active');
  });

  it('shows no page to another origin', async () => {
    const { customer } = await usedPlan(stripe);
    const { url } = await stripe.billingPortal.sessions.create({ customer: customer.id });
    const foreign = await fetch(url, { headers: { origin: 'https://evil.example' } });
    expect(foreign.status).toBe(403);
    const own = await fetch(url, { headers: { origin: new URL(url).origin } });
    expect(own.status).toBe(200);
  });
});

describe('a session without a customer', () => {
  it('expires in real time', async () => {
    let nowMs = START * 1000;
    const real = await startWorld({ nowMs: () => nowMs });
    const base = await basePrice(real.stripe, 1000);
    const { id } = await real.stripe.checkout.sessions.create({
      mode: 'subscription',
      line_items: [{ price: base.id, quantity: 1 }],
      success_url: 'https://app.example/done',
    });
    nowMs += DAY * 1000;
    const expired = async () =>
      (await real.stripe.checkout.sessions.retrieve(id)).status === 'expired';
    await until(expired);
    await real.sandbox.stop();
  });
});
