import type Stripe from 'stripe';
import {
  START,
  type World,
  advance,
  allLines,
  eventTypes,
  newestInvoice,
  refusal,
  report,
  startWorld,
  usedPlan,
} from './world.js';

/**
 * A subscription that is paused (not its collection): docs.stripe.com/billing/subscriptions/pause,
 * Subscriptions.d.ts `pause`, `resume`, SubscriptionPauseParams `bill_for`.
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

/** Paused when ten of the period's 31 days are over. */
async function pausedAfterTenDays(params?: Stripe.SubscriptionPauseParams) {
  const used = await usedPlan(stripe);
  await advance(stripe, used.clock.id, START + 10 * DAY);
  const paused = await stripe.subscriptions.pause(used.subscription.id, params);
  expect(paused.status).toBe('paused');
  return used;
}

const pendingOf = async (customer: string) =>
  (await stripe.invoiceItems.list({ customer, pending: true })).data
    .map((item) => item.amount)
    .toSorted((a, b) => a - b);

describe('a paused subscription', () => {
  it('opens no period; usage so far and unused time wait for its next invoice', async () => {
    const { clock, customer, subscription, end } = await pausedAfterTenDays();
    expect(await pendingOf(customer.id)).toEqual([-677, 40]);
    await report(stripe, 'tokens', customer.id, '500', START + 10 * DAY);
    await advance(stripe, clock.id, end + 20 * DAY);
    expect((await stripe.invoices.list({ customer: customer.id })).data).toHaveLength(1);
    const resumed = await stripe.subscriptions.resume(subscription.id);
    expect(resumed.items.data[0]?.current_period_start).toBe(end + 20 * DAY);
    const invoice = await newestInvoice(stripe, customer.id);
    expect(invoice).toMatchObject({ status: 'paid', total: 1000 + 40 - 677 });
    const types = await eventTypes(stripe, subscription.id);
    expect(types).toContain('customer.subscription.paused');
    const [item] = resumed.items.data;
    await advance(stripe, clock.id, (item?.current_period_end ?? 0) + 2 * HOUR);
    expect((await newestInvoice(stripe, customer.id)).total).toBe(1000);
  });

  it('settles nothing where it is told so', async () => {
    const none = { type: 'none' as const };
    const { customer } = await pausedAfterTenDays({
      bill_for: { outstanding_usage_through: none, unused_time_from: none },
    });
    expect(await pendingOf(customer.id)).toEqual([]);
  });

  it('is invoiced at once where it is told so', async () => {
    const { customer } = await pausedAfterTenDays({ invoicing_behavior: 'invoice' });
    const invoice = await newestInvoice(stripe, customer.id);
    expect(invoice).toMatchObject({ total: 40 - 677, status: 'paid', ending_balance: 40 - 677 });
    expect(await allLines(stripe, invoice.id)).toHaveLength(2);
  });

  it('can neither be paused twice nor resumed while it is active', async () => {
    const { subscription } = await pausedAfterTenDays();
    expect((await refusal(stripe.subscriptions.pause(subscription.id))).statusCode).toBe(400);
    await stripe.subscriptions.resume(subscription.id);
    expect((await refusal(stripe.subscriptions.resume(subscription.id))).statusCode).toBe(400);
  });
});
