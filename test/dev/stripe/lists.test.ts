import type Stripe from 'stripe';
import {
  type World,
  advance,
  customerOnClock,
  refusal,
  setCard,
  startWorld,
  subscribe,
  usedPlan,
} from './world.js';

/**
 * Lists and their filters: docs.stripe.com/api/pagination and the list parameters of each resource
 * (Subscriptions.d.ts, Invoices.d.ts, InvoiceItems.d.ts, Events.d.ts).
 */

const HOUR = 3600;

let world: World;
let stripe: Stripe;
beforeEach(async () => {
  world = await startWorld();
  stripe = world.stripe;
});
afterEach(() => world.sandbox.stop());

const ids = (list: { readonly data: readonly { readonly id: string }[] }) =>
  list.data.map((row) => row.id);

describe('subscriptions', () => {
  it('are listed by status, customer and price; ended ones only when asked for', async () => {
    const { clock, customer, base, usage, subscription, end } = await usedPlan(stripe);
    const other = await subscribe(stripe, customer.id, usage.id);
    await stripe.subscriptions.cancel(other.id);
    const of = async (params: Stripe.SubscriptionListParams) =>
      ids(await stripe.subscriptions.list({ customer: customer.id, ...params }));
    expect(await of({})).toEqual([subscription.id]);
    expect(await of({ status: 'all' })).toEqual([other.id, subscription.id]);
    expect(await of({ status: 'ended' })).toEqual([other.id]);
    expect(await of({ status: 'canceled' })).toEqual([other.id]);
    expect(await of({ price: base.id })).toEqual([subscription.id]);
    expect(ids(await stripe.subscriptions.list({ test_clock: clock.id }))).toHaveLength(1);
    await setCard(stripe, customer.id, 'pm_card_chargeCustomerFail');
    await advance(stripe, clock.id, end + 2 * HOUR);
    expect(await of({ status: 'past_due' })).toEqual([subscription.id]);
    expect(await of({ status: 'active' })).toEqual([]);
  });
});

describe('invoices', () => {
  it('are listed by subscription, customer, status and time', async () => {
    const { clock, customer, subscription, end } = await usedPlan(stripe);
    await advance(stripe, clock.id, end + 60);
    const oneOff = await stripe.invoices.create({ customer: customer.id, auto_advance: false });
    const of = async (params: Stripe.InvoiceListParams) => {
      const { data } = await stripe.invoices.list(params);
      return data.map((invoice) => invoice.billing_reason);
    };
    const cycle = ['subscription_cycle', 'subscription_create'];
    expect(await of({ subscription: subscription.id })).toEqual(cycle);
    expect(await of({ customer: customer.id })).toEqual(['manual', ...cycle]);
    const draft = { customer: customer.id, status: 'draft' as const };
    expect(await of(draft)).toEqual(['manual', 'subscription_cycle']);
    expect(await of({ ...draft, subscription: subscription.id })).toEqual(['subscription_cycle']);
    expect(await of({ customer: customer.id, created: { lt: end } })).toEqual([
      'subscription_create',
    ]);
    expect(ids(await stripe.invoices.list({ status: 'draft' }))).not.toContain(oneOff.id);
  });

  it('page both ways without a gap or a repeat', async () => {
    const { customer } = await customerOnClock(stripe);
    const made: string[] = [];
    for (let count = 0; count < 7; count += 1) {
      const { id } = await stripe.invoices.create({ customer: customer.id, auto_advance: false });
      made.unshift(id);
    }
    const own = { customer: customer.id, limit: 3 };
    const first = await stripe.invoices.list(own);
    const second = await stripe.invoices.list({ ...own, starting_after: made[2] });
    const last = await stripe.invoices.list({ ...own, starting_after: made[5] });
    expect([ids(first), ids(second), ids(last)]).toEqual([
      made.slice(0, 3),
      made.slice(3, 6),
      made.slice(6),
    ]);
    expect([first.has_more, second.has_more, last.has_more]).toEqual([true, true, false]);
    const back = await stripe.invoices.list({ ...own, ending_before: made[3] });
    expect([ids(back), back.has_more]).toEqual([made.slice(0, 3), false]);
    const wrong = await refusal(stripe.invoices.list({ ...own, starting_after: 'in_none' }));
    expect(wrong.param).toBe('starting_after');
    expect((await refusal(stripe.invoices.list({ limit: 101 }))).param).toBe('limit');
  });
});

describe('invoice items', () => {
  it('are listed by invoice, and pending ones apart', async () => {
    const { customer } = await customerOnClock(stripe);
    const draft = await stripe.invoices.create({ customer: customer.id, auto_advance: false });
    const item = { customer: customer.id, amount: 100, currency: 'usd' };
    const taken = await stripe.invoiceItems.create({ ...item, invoice: draft.id });
    const waiting = await stripe.invoiceItems.create({ ...item, metadata: { durabill_ref: 'a' } });
    expect(ids(await stripe.invoiceItems.list({ invoice: draft.id }))).toEqual([taken.id]);
    const own = { customer: customer.id };
    const pending = await stripe.invoiceItems.list({ ...own, pending: true });
    expect(pending.data.map((row) => [row.id, row.metadata])).toEqual([
      [waiting.id, { durabill_ref: 'a' }],
    ]);
    expect(ids(await stripe.invoiceItems.list({ ...own, pending: false }))).toEqual([taken.id]);
  });

  it('can be changed until their invoice is final (docs: api/invoiceitems/update)', async () => {
    const { customer } = await customerOnClock(stripe);
    const draft = await stripe.invoices.create({ customer: customer.id, auto_advance: false });
    const item = { customer: customer.id, amount: 900, currency: 'usd', invoice: draft.id };
    const { id } = await stripe.invoiceItems.create(item);
    const changed = await stripe.invoiceItems.update(id, { amount: 700, description: 'Less' });
    expect(changed).toMatchObject({ amount: 700, description: 'Less' });
    expect((await stripe.invoices.retrieve(draft.id)).total).toBe(700);
    await stripe.invoices.finalizeInvoice(draft.id, { auto_advance: false });
    const late = await refusal(stripe.invoiceItems.update(id, { amount: 1 }));
    expect(late.code).toBe('invoice_not_editable');
    expect((await refusal(stripe.invoiceItems.del(id))).code).toBe('invoice_not_editable');
  });
});

describe('events', () => {
  it('are listed by type, several at once too', async () => {
    const { subscription } = await usedPlan(stripe);
    await stripe.subscriptions.update(subscription.id, { description: 'x' });
    const types = ['customer.subscription.created', 'customer.subscription.updated'];
    const { data } = await stripe.events.list({ types });
    expect(data.map((event) => event.type)).toEqual(types.toReversed());
    expect(data[0]?.data.previous_attributes).toEqual({ description: null });
  });
});
