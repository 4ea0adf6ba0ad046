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
  setCard,
  startWorld,
  subscribe,
  usedPlan,
} from './world.js';

/**
 * Prorations: docs.stripe.com/billing/subscriptions/prorations (to the second, credit and debit),
 * docs.stripe.com/billing/subscriptions/usage-based/manage-billing-setup (removed metered prices).
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

/** The period has 31 days; ten of them are over. */
async function afterTenDays() {
  const used = await usedPlan(stripe);
  const dearer = await basePrice(stripe, 3000);
  await advance(stripe, used.clock.id, START + 10 * DAY);
  return { ...used, dearer, at: START + 10 * DAY };
}

const pendingOf = async (customer: string) =>
  (await stripe.invoiceItems.list({ customer, pending: true })).data.map((item) => ({
    amount: item.amount,
    proration: item.proration,
    period: item.period,
  }));

describe('a swap with prorations', () => {
  it('credits unused and charges remaining time to the second, on the next invoice', async () => {
    const { clock, customer, subscription, items, base, dearer, at, end } = await afterTenDays();
    await stripe.subscriptions.update(subscription.id, {
      items: [{ id: items[base.id] ?? '', price: dearer.id }],
      proration_behavior: 'create_prorations',
    });
    const period = { start: at, end };
    expect(await pendingOf(customer.id)).toEqual([
      { amount: 2032, proration: true, period },
      { amount: -677, proration: true, period },
    ]);
    expect((await stripe.invoices.list({ customer: customer.id })).data).toHaveLength(1);
    await advance(stripe, clock.id, end + 2 * HOUR);
    const invoice = await newestInvoice(stripe, customer.id);
    expect(invoice.total).toBe(2032 - 677 + 3000 + 40);
    const lines = await allLines(stripe, invoice.id);
    const prorated = lines.filter((line) => line.parent?.subscription_item_details?.proration);
    expect(prorated.map((line) => line.amount).toSorted((a, b) => a - b)).toEqual([-677, 2032]);
  });

  it('counts each second: a base of one unit a second is credited by the second', async () => {
    const { clock, customer } = await customerOnClock(stripe);
    const base = await basePrice(stripe, 31 * DAY);
    const { id, items } = await subscribe(stripe, customer.id, base.id);
    await advance(stripe, clock.id, START + 12_345);
    const gone = { id: items.data[0]?.id ?? '', deleted: true };
    const other = await basePrice(stripe, 0);
    await stripe.subscriptions.update(id, { items: [gone, { price: other.id }] });
    const amounts = (await pendingOf(customer.id)).map((row) => row.amount);
    expect(amounts).toEqual([-(31 * DAY - 12_345)]);
  });

  it('is the default of Stripe (SubscriptionUpdateParams proration_behavior)', async () => {
    const { customer, subscription, items, base, dearer } = await afterTenDays();
    const swap = { items: [{ id: items[base.id] ?? '', price: dearer.id }] };
    await stripe.subscriptions.update(subscription.id, swap);
    expect(await pendingOf(customer.id)).toHaveLength(2);
  });

  it('credits what was charged, not the price of now (docs: credit prorations)', async () => {
    const { customer, subscription, items, base, dearer } = await afterTenDays();
    const item = items[base.id] ?? '';
    const free = { id: item, price: dearer.id };
    const silent = { items: [free], proration_behavior: 'none' as const };
    await stripe.subscriptions.update(subscription.id, silent);
    const gone = { items: [{ id: item, deleted: true }] };
    await stripe.subscriptions.update(subscription.id, gone);
    expect((await pendingOf(customer.id)).map((row) => row.amount)).toEqual([-677]);
  });

  it('counts from proration_date where it is given, and refuses one out of period', async () => {
    const { customer, subscription, items, base, dearer, end } = await afterTenDays();
    const swap = { items: [{ id: items[base.id] ?? '', price: dearer.id }] };
    const late = { ...swap, proration_date: end + 1 };
    const error = await refusal(stripe.subscriptions.update(subscription.id, late));
    expect(error.param).toBe('proration_date');
    const early = { ...swap, proration_date: START };
    await stripe.subscriptions.update(subscription.id, early);
    expect((await pendingOf(customer.id)).map((row) => row.amount)).toEqual([3000, -1000]);
  });

  it('always_invoice charges at once; a refused card takes all of it back', async () => {
    const { customer, subscription, items, base, dearer } = await afterTenDays();
    const swap: Stripe.SubscriptionUpdateParams = {
      items: [{ id: items[base.id] ?? '', price: dearer.id }],
      proration_behavior: 'always_invoice',
      payment_behavior: 'error_if_incomplete',
    };
    await setCard(stripe, customer.id, 'pm_card_chargeCustomerFail');
    const before = await stripe.subscriptions.retrieve(subscription.id);
    const refused = await refusal(stripe.subscriptions.update(subscription.id, swap));
    expect(refused).toMatchObject({ statusCode: 402, code: 'card_declined' });
    expect(await pendingOf(customer.id)).toEqual([]);
    expect((await stripe.subscriptions.retrieve(subscription.id)).items).toEqual(before.items);
    await setCard(stripe, customer.id, 'pm_card_visa');
    await stripe.subscriptions.update(subscription.id, swap);
    const invoice = await newestInvoice(stripe, customer.id);
    expect(invoice).toMatchObject({ billing_reason: 'subscription_update', status: 'paid' });
    expect(invoice.total).toBe(2032 - 677);
  });

  it('with the anchor set to now credits the old base and charges the new one whole', async () => {
    const { customer, subscription, items, base, dearer } = await afterTenDays();
    await stripe.subscriptions.update(subscription.id, {
      items: [{ id: items[base.id] ?? '', price: dearer.id }],
      billing_cycle_anchor: { type: 'now' },
      proration_behavior: 'create_prorations',
    });
    const invoice = await newestInvoice(stripe, customer.id);
    expect(invoice).toMatchObject({ billing_reason: 'subscription_update', status: 'paid' });
    const amounts = (await allLines(stripe, invoice.id)).map((line) => line.amount);
    expect(amounts.toSorted((a, b) => a - b)).toEqual([-677, 40, 3000]);
  });
});

describe('a metered price that is removed', () => {
  it('leaves an item of its usage so far; later usage is billed nowhere', async () => {
    const { clock, customer, subscription, items, usage, end, at } = await afterTenDays();
    const gone = { items: [{ id: items[usage.id] ?? '', deleted: true }] };
    await stripe.subscriptions.update(subscription.id, gone);
    await report(stripe, 'tokens', customer.id, '500', at);
    const pending = (await stripe.invoiceItems.list({ customer: customer.id })).data;
    expect(pending.map((item) => [item.amount, item.period])).toEqual([
      [40, { start: START, end: at }],
    ]);
    await advance(stripe, clock.id, end + 2 * HOUR);
    expect((await newestInvoice(stripe, customer.id)).total).toBe(1040);
  });

  it('with none bills its usage nowhere', async () => {
    const { clock, customer, subscription, items, usage, end } = await afterTenDays();
    const gone = [{ id: items[usage.id] ?? '', deleted: true }];
    const change = { items: gone, proration_behavior: 'none' } as const;
    await stripe.subscriptions.update(subscription.id, change);
    await advance(stripe, clock.id, end + 2 * HOUR);
    expect((await newestInvoice(stripe, customer.id)).total).toBe(1000);
  });

  it('replaced bills the old usage at the old price, the new from then on', async () => {
    const { clock, customer, meter, subscription, items, usage, end, at } = await afterTenDays();
    const other = await meteredPrice(stripe, meter.id, { unit_amount: 3 });
    const swap = { items: [{ id: items[usage.id] ?? '', price: other.id }] };
    await stripe.subscriptions.update(subscription.id, swap);
    await report(stripe, 'tokens', customer.id, '10', at);
    await advance(stripe, clock.id, end + 2 * HOUR);
    expect((await newestInvoice(stripe, customer.id)).total).toBe(1000 + 40 + 30);
  });
});

describe('cancelling now', () => {
  it('with prorate and invoice_now credits unused time and bills the usage', async () => {
    const { customer, subscription } = await afterTenDays();
    await stripe.subscriptions.cancel(subscription.id, { invoice_now: true, prorate: true });
    const invoice = await newestInvoice(stripe, customer.id);
    expect(invoice).toMatchObject({ status: 'paid', total: 40 - 677, amount_due: 0 });
    const credited = await stripe.customers.retrieve(customer.id);
    expect(credited).toMatchObject({ balance: 40 - 677 });
  });
});
