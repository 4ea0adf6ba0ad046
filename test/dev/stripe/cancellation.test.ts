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
 * Ends of subscriptions: docs.stripe.com/billing/subscriptions/cancel (now, at the period's end, at
 * a time), Subscriptions.d.ts `cancel_at`, `invoice_now`.
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

describe('a cancellation at the period end', () => {
  it('can be undone until then; the next period is billed as ever', async () => {
    const { clock, customer, subscription, end } = await usedPlan(stripe);
    const set = (cancel_at_period_end: boolean) =>
      stripe.subscriptions.update(subscription.id, { cancel_at_period_end });
    const ending = await set(true);
    expect(ending).toMatchObject({ cancel_at: end, canceled_at: START });
    expect(ending.cancellation_details?.reason).toBe('cancellation_requested');
    const kept = await set(false);
    expect(kept).toMatchObject({ cancel_at: null, canceled_at: null, status: 'active' });
    await advance(stripe, clock.id, end + 2 * HOUR);
    expect(await newestInvoice(stripe, customer.id)).toMatchObject({ total: 1040 });
  });

  it('bills the usage of the last period, what came after its draft too, and no base', async () => {
    const { clock, customer, subscription, end } = await usedPlan(stripe);
    await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true });
    await advance(stripe, clock.id, end + 60);
    const draft = await newestInvoice(stripe, customer.id);
    expect(draft).toMatchObject({ status: 'draft', billing_reason: 'subscription_cycle' });
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('canceled');
    await report(stripe, 'tokens', customer.id, '60', end - 1);
    await report(stripe, 'tokens', customer.id, '1000', end);
    const open = await stripe.invoices.finalizeInvoice(draft.id, { auto_advance: false });
    expect(open).toMatchObject({ status: 'open', total: 100 });
    expect((await allLines(stripe, draft.id)).map((line) => line.quantity)).toEqual([100]);
    await advance(stripe, clock.id, end + 40 * DAY);
    expect((await stripe.invoices.list({ customer: customer.id })).data).toHaveLength(2);
    expect(await eventTypes(stripe, subscription.id)).toContain('customer.subscription.deleted');
  });

  it('without usage and base makes no invoice', async () => {
    const { clock, customer, subscription, items, usage, end } = await usedPlan(stripe);
    const gone = [{ id: items[usage.id] ?? '', deleted: true }];
    await stripe.subscriptions.update(subscription.id, {
      items: gone,
      proration_behavior: 'none',
      cancel_at_period_end: true,
    });
    await advance(stripe, clock.id, end + 2 * HOUR);
    expect((await stripe.invoices.list({ customer: customer.id })).data).toHaveLength(1);
  });
});

describe('a cancellation at a time', () => {
  it('ends the period there, bills the usage until then, and can be undone', async () => {
    const { clock, customer, subscription } = await usedPlan(stripe);
    const at = START + 10 * DAY;
    const set = (cancel_at: number | '') =>
      stripe.subscriptions.update(subscription.id, { cancel_at, proration_behavior: 'none' });
    await set(at);
    expect((await set('')).cancel_at).toBeNull();
    expect(await set(at)).toMatchObject({ cancel_at: at, cancel_at_period_end: false });
    await advance(stripe, clock.id, at + 2 * HOUR);
    const ended = await stripe.subscriptions.retrieve(subscription.id);
    expect(ended).toMatchObject({ status: 'canceled', ended_at: at });
    const last = await newestInvoice(stripe, customer.id);
    expect(last).toMatchObject({ total: 40, period_end: at });
  });

  it('must be ahead, and is not said in two ways', async () => {
    const { subscription } = await usedPlan(stripe);
    const past = stripe.subscriptions.update(subscription.id, { cancel_at: START });
    expect((await refusal(past)).param).toBe('cancel_at');
    const both = { cancel_at: START + DAY, cancel_at_period_end: true };
    const error = await refusal(stripe.subscriptions.update(subscription.id, both));
    expect(error.code).toBe('parameters_exclusive');
  });
});

describe('a subscription ended by others', () => {
  it('is told as deleted, cannot be changed, and bills its open usage nowhere', async () => {
    const { clock, customer, subscription, end } = await usedPlan(stripe);
    await advance(stripe, clock.id, START + DAY);
    await stripe.subscriptions.cancel(subscription.id);
    const change = stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true });
    expect((await refusal(change)).statusCode).toBe(400);
    expect((await refusal(stripe.subscriptions.cancel(subscription.id))).statusCode).toBe(404);
    await advance(stripe, clock.id, end + 2 * HOUR);
    expect((await stripe.invoices.list({ customer: customer.id })).data).toHaveLength(1);
    const types = await eventTypes(stripe, subscription.id);
    expect(types.filter((type) => type.endsWith('deleted'))).toHaveLength(1);
  });

  it('together with its customer is told, too', async () => {
    const { customer, subscription } = await usedPlan(stripe);
    await stripe.customers.del(customer.id);
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('canceled');
    expect(await eventTypes(stripe, customer.id)).toContain('customer.deleted');
  });
});
