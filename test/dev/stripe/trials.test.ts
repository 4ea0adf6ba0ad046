import type Stripe from 'stripe';
import {
  START,
  type World,
  advance,
  allLines,
  basePrice,
  customerOnClock,
  eventTypes,
  meteredPrice,
  newestInvoice,
  refusal,
  report,
  setCard,
  startWorld,
  sumMeter,
} from './world.js';

/**
 * Trials: docs.stripe.com/billing/subscriptions/trials and
 * docs.stripe.com/billing/subscriptions/trials/free-trials (no payment method needed, an invoice of
 * nothing at the start, notice three days ahead, what is done without a payment method).
 */

const DAY = 86_400;
const HOUR = 3600;

let world: World;
let stripe: Stripe;
beforeEach(async () => {
  world = await startWorld();
  stripe = world.stripe;
});
afterEach(() => world.sandbox.stop());

type Missing = 'cancel' | 'create_invoice' | 'pause';

/** Base 10.00 and tokens at a cent on trial, for a customer with or without a card. */
async function onTrial(days: number, missing: Missing = 'create_invoice', card = true) {
  const { clock, customer } = await customerOnClock(stripe);
  if (!card) {
    const none = { invoice_settings: { default_payment_method: '' } };
    await stripe.customers.update(customer.id, none);
  }
  const meter = await sumMeter(stripe, 'tokens');
  const base = await basePrice(stripe, 1000);
  const usage = await meteredPrice(stripe, meter.id, { unit_amount: 1 });
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: base.id }, { price: usage.id }],
    trial_period_days: days,
    trial_settings: { end_behavior: { missing_payment_method: missing } },
  });
  return { clock, customer, subscription, end: START + days * DAY };
}

const statusOf = async (id: string) => (await stripe.subscriptions.retrieve(id)).status;

describe('a trial', () => {
  it('begins without a charge; its period is the trial and its anchor the end', async () => {
    const { customer, subscription, end } = await onTrial(14, 'create_invoice', false);
    const wanted = { status: 'trialing', trial_start: START, trial_end: end };
    expect(subscription).toMatchObject({ ...wanted, billing_cycle_anchor: end });
    expect(subscription.items.data[0]?.current_period_end).toBe(end);
    const invoice = await newestInvoice(stripe, customer.id);
    const first = { billing_reason: 'subscription_create', status: 'paid', total: 0 };
    expect(invoice).toMatchObject(first);
  });

  it('ends in a paid cycle; usage of the trial is billed nowhere', async () => {
    const { clock, customer, subscription, end } = await onTrial(14);
    await report(stripe, 'tokens', customer.id, '77', START + 60);
    await advance(stripe, clock.id, end + 60);
    const draft = await newestInvoice(stripe, customer.id);
    expect(draft).toMatchObject({ status: 'draft', billing_reason: 'subscription_cycle' });
    const active = await stripe.subscriptions.retrieve(subscription.id);
    expect(active).toMatchObject({ status: 'active', billing_cycle_anchor: end });
    expect(active.items.data[0]?.current_period_start).toBe(end);
    await report(stripe, 'tokens', customer.id, '5', end + 60);
    await advance(stripe, clock.id, end + 2 * HOUR);
    const paid = await newestInvoice(stripe, customer.id);
    expect(paid).toMatchObject({ status: 'paid', total: 1000 });
    expect(await allLines(stripe, paid.id)).toHaveLength(1);
    const [item] = active.items.data;
    await advance(stripe, clock.id, (item?.current_period_end ?? 0) + 2 * HOUR);
    expect((await newestInvoice(stripe, customer.id)).total).toBe(1005);
  });

  it.each([
    [14, START + 11 * DAY],
    [2, START],
  ])('of %d days is announced three days ahead, or at once', async (days, at) => {
    const { clock, subscription, end } = await onTrial(days);
    await advance(stripe, clock.id, end - 1);
    const type = 'customer.subscription.trial_will_end';
    const told = (await stripe.events.list({ type })).data;
    expect(told.map((event) => event.created)).toEqual([at]);
    expect(told[0]?.data.object).toMatchObject({ id: subscription.id });
  });

  it('cancelled at its end makes no invoice', async () => {
    const { clock, customer, subscription, end } = await onTrial(5);
    await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true });
    await report(stripe, 'tokens', customer.id, '77', START + 60);
    await advance(stripe, clock.id, end + 2 * HOUR);
    expect(await statusOf(subscription.id)).toBe('canceled');
    expect((await stripe.invoices.list({ customer: customer.id })).data).toHaveLength(1);
  });

  it('can be ended now, which charges at once, or moved', async () => {
    const { clock, customer, subscription } = await onTrial(14);
    const later = START + 20 * DAY;
    const moved = await stripe.subscriptions.update(subscription.id, { trial_end: later });
    expect(moved.items.data[0]?.current_period_end).toBe(later);
    await advance(stripe, clock.id, START + 3 * DAY);
    const ended = await stripe.subscriptions.update(subscription.id, { trial_end: 'now' });
    expect(ended).toMatchObject({ status: 'active', billing_cycle_anchor: START + 3 * DAY });
    const invoice = await newestInvoice(stripe, customer.id);
    expect(invoice).toMatchObject({ status: 'paid', total: 1000 });
  });

  it('takes one way to say its end, and an end ahead', async () => {
    const { customer } = await customerOnClock(stripe);
    const base = await basePrice(stripe, 1000);
    const create = (params: Partial<Stripe.SubscriptionCreateParams>) =>
      refusal(
        stripe.subscriptions.create({
          customer: customer.id,
          items: [{ price: base.id }],
          ...params,
        }),
      );
    const both = await create({ trial_period_days: 3, trial_end: START + DAY });
    expect(both.code).toBe('parameters_exclusive');
    expect((await create({ trial_end: START - 1 })).param).toBe('trial_end');
    expect((await create({ trial_period_days: 0 })).param).toBe('trial_period_days');
  });
});

describe('without a payment method a trial', () => {
  it('is cancelled where it says so', async () => {
    const { clock, customer, subscription, end } = await onTrial(5, 'cancel', false);
    await advance(stripe, clock.id, end + 2 * HOUR);
    expect(await statusOf(subscription.id)).toBe('canceled');
    expect((await stripe.invoices.list({ customer: customer.id })).data).toHaveLength(1);
  });

  it('is paused where it says so, and resumed once there is a card', async () => {
    const { clock, customer, subscription, end } = await onTrial(5, 'pause', false);
    await advance(stripe, clock.id, end + 40 * DAY);
    expect(await statusOf(subscription.id)).toBe('paused');
    expect((await stripe.invoices.list({ customer: customer.id })).data).toHaveLength(1);
    await setCard(stripe, customer.id, 'pm_card_visa');
    const resumed = await stripe.subscriptions.resume(subscription.id, {
      billing_cycle_anchor: { type: 'now' },
    });
    expect(resumed.status).toBe('active');
    expect((await newestInvoice(stripe, customer.id)).total).toBe(1000);
    const types = await eventTypes(stripe, subscription.id);
    expect(types).toContain('customer.subscription.paused');
    expect(types).toContain('customer.subscription.resumed');
  });

  it('else gets an invoice that fails, and is past due', async () => {
    const { clock, customer, subscription, end } = await onTrial(5, 'create_invoice', false);
    await advance(stripe, clock.id, end + 2 * HOUR);
    expect(await statusOf(subscription.id)).toBe('past_due');
    const invoice = await newestInvoice(stripe, customer.id);
    expect(invoice).toMatchObject({ status: 'open', attempted: true, total: 1000 });
  });
});
