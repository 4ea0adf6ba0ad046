import type Stripe from 'stripe';
import {
  START,
  type World,
  advance,
  allLines,
  basePrice,
  customerOnClock,
  meteredPrice,
  newestInvoice,
  refusal,
  report,
  startWorld,
  subscribe,
  sumMeter,
} from './world.js';

const HOUR = 3600;
const DAY = 86_400;

let world: World;
let stripe: Stripe;
beforeEach(async () => {
  world = await startWorld();
  stripe = world.stripe;
});
afterEach(() => world.sandbox.stop());

/** Base of 10.00 and tokens at one cent, 40 of them used in the first hour. */
async function used() {
  const { clock, customer } = await customerOnClock(stripe);
  const meter = await sumMeter(stripe, 'tokens');
  const base = await basePrice(stripe, 1000);
  const usage = await meteredPrice(stripe, meter.id, { unit_amount: 1 });
  const subscription = await subscribe(stripe, customer.id, base.id, usage.id);
  const items = Object.fromEntries(subscription.items.data.map((item) => [item.price.id, item.id]));
  const end = subscription.items.data[0]?.current_period_end ?? 0;
  await report(stripe, 'tokens', customer.id, '40', START + 60);
  return { clock, customer, meter, base, usage, subscription, items, end };
}

describe('cancelling', () => {
  it('now bills open usage nowhere (Subscriptions.d.ts invoice_now)', async () => {
    const { clock, customer, subscription, end } = await used();
    const ended = await stripe.subscriptions.cancel(subscription.id);
    expect(ended).toMatchObject({ status: 'canceled', ended_at: START });
    await advance(stripe, clock.id, end + 2 * HOUR);
    const { data } = await stripe.invoices.list({ customer: customer.id });
    expect(data.map((invoice) => invoice.billing_reason)).toEqual(['subscription_create']);
    expect((await stripe.subscriptions.list({ customer: customer.id })).data).toEqual([]);
  });

  it('now with invoice_now bills it in an invoice that is final at once', async () => {
    const { clock, customer, subscription } = await used();
    await advance(stripe, clock.id, START + DAY);
    await stripe.subscriptions.cancel(subscription.id, { invoice_now: true, prorate: false });
    const invoice = await newestInvoice(stripe, customer.id);
    expect(invoice).toMatchObject({ status: 'paid', total: 40 });
  });

  it('at the period end makes a last invoice of the usage, without a base', async () => {
    const { clock, customer, subscription, end } = await used();
    const params = { cancel_at_period_end: true };
    expect((await stripe.subscriptions.update(subscription.id, params)).cancel_at).toBe(end);
    await advance(stripe, clock.id, end + 2 * HOUR);
    const ended = await stripe.subscriptions.retrieve(subscription.id);
    expect(ended).toMatchObject({ status: 'canceled', ended_at: end });
    const last = await newestInvoice(stripe, customer.id);
    expect(last).toMatchObject({ billing_reason: 'subscription_cycle', status: 'paid', total: 40 });
  });
});

describe('an incomplete subscription', () => {
  it('ends after 23 hours with its invoice (docs subscriptions overview)', async () => {
    const card = 'pm_card_chargeCustomerFail';
    const { clock, customer } = await customerOnClock(stripe, START, card);
    const base = await basePrice(stripe, 1000);
    const { id, status } = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: base.id }],
      payment_behavior: 'allow_incomplete',
    });
    expect(status).toBe('incomplete');
    await advance(stripe, clock.id, START + 23 * HOUR);
    expect((await stripe.subscriptions.retrieve(id)).status).toBe('incomplete_expired');
    expect((await newestInvoice(stripe, customer.id)).status).toBe('void');
  });
});

describe('changing items without proration', () => {
  it('bills usage of a removed item nowhere, the new base with the next invoice', async () => {
    const { clock, customer, meter, base, usage, subscription, items, end } = await used();
    const dearer = await basePrice(stripe, 3000);
    const other = await meteredPrice(stripe, meter.id, { unit_amount: 2 });
    await advance(stripe, clock.id, START + DAY);
    const swaps = [
      { id: items[base.id] ?? '', price: dearer.id },
      { id: items[usage.id] ?? '', deleted: true },
      { price: other.id },
    ];
    const change = { items: swaps, proration_behavior: 'none' } as const;
    await stripe.subscriptions.update(subscription.id, change);
    await report(stripe, 'tokens', customer.id, '5', START + DAY - 1);
    await report(stripe, 'tokens', customer.id, '7', START + DAY);
    await advance(stripe, clock.id, end + 2 * HOUR);
    const invoice = await newestInvoice(stripe, customer.id);
    const lines = await allLines(stripe, invoice.id);
    const billed = lines.map((line) => `${line.quantity} for ${line.amount}`);
    expect(new Set(billed)).toEqual(new Set(['1 for 3000', '7 for 14']));
  });

  it('with the anchor set to now opens a period and charges its base at once', async () => {
    const { clock, customer, base, subscription, items } = await used();
    const dearer = await basePrice(stripe, 3000);
    await advance(stripe, clock.id, START + DAY);
    const changed = await stripe.subscriptions.update(subscription.id, {
      items: [{ id: items[base.id] ?? '', price: dearer.id }],
      billing_cycle_anchor: { type: 'now' },
      proration_behavior: 'none',
      payment_behavior: 'error_if_incomplete',
    });
    expect(changed.items.data.map((item) => item.current_period_start)).toEqual([
      START + DAY,
      START + DAY,
    ]);
    const invoice = await newestInvoice(stripe, customer.id);
    expect(invoice).toMatchObject({ billing_reason: 'subscription_update', status: 'paid' });
    expect(invoice.total).toBe(3000);
  });

  it('changes nothing when the card is refused under error_if_incomplete', async () => {
    const { customer, base, subscription, items } = await used();
    const dearer = await basePrice(stripe, 3000);
    const params = { customer: customer.id };
    const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', params);
    const settings = { invoice_settings: { default_payment_method: bad.id } };
    await stripe.customers.update(customer.id, settings);
    const before = await stripe.subscriptions.retrieve(subscription.id);
    const change = stripe.subscriptions.update(subscription.id, {
      items: [{ id: items[base.id] ?? '', price: dearer.id }],
      billing_cycle_anchor: { type: 'now' },
      proration_behavior: 'none',
      payment_behavior: 'error_if_incomplete',
    });
    expect((await refusal(change)).statusCode).toBe(402);
    const after = await stripe.subscriptions.retrieve(subscription.id);
    expect(after).toMatchObject({ status: 'active', items: before.items });
    expect(after.latest_invoice).toBe(before.latest_invoice);
    expect((await stripe.invoices.list({ customer: customer.id })).data).toHaveLength(1);
  });
});

describe('a customer', () => {
  it('has one currency at a time (Customers.d.ts currency)', async () => {
    const { customer, subscription } = await used();
    const { id: price } = await stripe.prices.create({
      currency: 'eur',
      recurring: { interval: 'month' },
      product_data: { name: 'Base' },
      unit_amount: 900,
    });
    const create = () => subscribe(stripe, customer.id, price);
    expect((await refusal(create())).message).toContain('cannot combine currencies');
    await stripe.subscriptions.cancel(subscription.id);
    expect((await create()).currency).toBe('eur');
  });
});

describe('items', () => {
  it('take no quantity where they are metered, one interval, each price once', async () => {
    const { customer, base, usage } = await used();
    const create = (items: Stripe.SubscriptionCreateParams.Item[]) =>
      refusal(stripe.subscriptions.create({ customer: customer.id, items }));
    expect((await create([{ price: usage.id, quantity: 2 }])).param).toBe('items[0][quantity]');
    const yearly = await basePrice(stripe, 1, 'year');
    expect((await create([{ price: base.id }, { price: yearly.id }])).param).toBe('items');
    expect((await create([{ price: base.id }, { price: base.id }])).param).toBe('items');
    expect((await create([])).param).toBe('items');
  });
});
