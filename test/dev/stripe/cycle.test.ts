import Stripe from 'stripe';
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
  until,
} from './world.js';

const HOUR = 3600;

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.sandbox.stop());

/** A subscription of a base of 20.00 and tokens at 0.1 cents, and the end of its first period. */
async function tokenPlan(start = START) {
  const { stripe } = world;
  const { clock, customer } = await customerOnClock(stripe, start);
  const meter = await sumMeter(stripe, 'tokens');
  const base = await basePrice(stripe, 2000);
  const usage = await meteredPrice(stripe, meter.id, {
    unit_amount_decimal: Stripe.Decimal.from('0.1'),
  });
  const subscription = await subscribe(stripe, customer.id, base.id, usage.id);
  const end = subscription.items.data[0]?.current_period_end ?? 0;
  return { clock, customer, meter, subscription, end };
}

describe('the first invoice', () => {
  it('holds only the base, is final and paid at once (docs usage-based)', async () => {
    const { customer, subscription } = await tokenPlan();
    const invoice = await newestInvoice(world.stripe, customer.id);
    expect(invoice).toMatchObject({
      billing_reason: 'subscription_create',
      status: 'paid',
      total: 2000,
      amount_paid: 2000,
      auto_advance: false,
    });
    expect(invoice.lines.data).toHaveLength(1);
    expect(invoice.parent?.subscription_details?.subscription).toBe(subscription.id);
    expect(subscription.latest_invoice).toBe(invoice.id);
  });

  it('is not made for a metered plan (manage-billing-setup, flexible)', async () => {
    const { stripe } = world;
    const { customer } = await customerOnClock(stripe);
    const meter = await sumMeter(stripe, 'tokens');
    const usage = await meteredPrice(stripe, meter.id, { unit_amount: 1 });
    const subscription = await subscribe(stripe, customer.id, usage.id);
    expect(subscription).toMatchObject({ status: 'active', latest_invoice: null });
    expect((await stripe.invoices.list({ customer: customer.id })).data).toEqual([]);
  });

  it('that is declined makes nothing under error_if_incomplete (Subscriptions.d.ts)', async () => {
    const { stripe } = world;
    const card = 'pm_card_chargeCustomerFail';
    const { customer } = await customerOnClock(stripe, START, card);
    const base = await basePrice(stripe, 2000);
    const error = await refusal(subscribe(stripe, customer.id, base.id));
    expect(error).toBeInstanceOf(Stripe.errors.StripeCardError);
    expect(error).toMatchObject({ statusCode: 402, code: 'card_declined' });
    const kept = { customer: customer.id, status: 'all' } as const;
    expect((await stripe.subscriptions.list(kept)).data).toEqual([]);
    expect((await stripe.invoices.list({ customer: customer.id })).data).toEqual([]);
  });
});

describe('a cycle', () => {
  it('bills usage in arrears and the base in advance (docs usage-based)', async () => {
    const { stripe } = world;
    const { clock, customer, end } = await tokenPlan();
    await report(stripe, 'tokens', customer.id, '12345', START + 60);
    await advance(stripe, clock.id, end + 2 * HOUR);
    const invoice = await newestInvoice(stripe, customer.id);
    expect(invoice).toMatchObject({ billing_reason: 'subscription_cycle', status: 'paid' });
    expect(invoice).toMatchObject({ period_start: START, period_end: end, total: 2000 + 1235 });
    const lines = await allLines(stripe, invoice.id);
    const usage = lines.find((line) => line.amount === 1235);
    const base = lines.find((line) => line.amount === 2000);
    expect(usage?.period).toEqual({ start: START, end });
    expect(String(usage?.quantity_decimal)).toBe('12345');
    expect(base?.period.start).toBe(end);
  });

  it('leaves a draft with the quantities of its creation until finalisation', async () => {
    const { stripe } = world;
    const { clock, customer, end } = await tokenPlan();
    await report(stripe, 'tokens', customer.id, '1000', START + 60);
    await advance(stripe, clock.id, end + 60);
    const draft = await newestInvoice(stripe, customer.id);
    expect(draft).toMatchObject({ status: 'draft', auto_advance: true, total: 2100 });
    expect(draft.automatically_finalizes_at).toBe(end + HOUR);
    await stripe.invoices.update(draft.id, { auto_advance: false });
    await report(stripe, 'tokens', customer.id, '500', end - 1);
    await report(stripe, 'tokens', customer.id, '70000', end);
    expect((await stripe.invoices.retrieve(draft.id)).total).toBe(2100);
    const final = await stripe.invoices.finalizeInvoice(draft.id, { auto_advance: false });
    expect(final).toMatchObject({ status: 'open', total: 2150, amount_due: 2150, amount_paid: 0 });
  });

  it('bills nowhere an event stamped in a period that is final (docs pricing-models)', async () => {
    const { stripe } = world;
    const { clock, customer, end, subscription } = await tokenPlan();
    await advance(stripe, clock.id, end + 60);
    const { id } = await newestInvoice(stripe, customer.id);
    await stripe.invoices.finalizeInvoice(id, { auto_advance: false });
    await report(stripe, 'tokens', customer.id, '9000', end - 1);
    expect((await stripe.invoices.retrieve(id)).total).toBe(2000);
    const [item] = (await stripe.subscriptions.retrieve(subscription.id)).items.data;
    await advance(stripe, clock.id, (item?.current_period_end ?? 0) + 2 * HOUR);
    expect((await newestInvoice(stripe, customer.id)).total).toBe(2000);
  });

  it('moves through its due times in order, over two periods in one advance', async () => {
    const { stripe } = world;
    const { clock, customer, end } = await tokenPlan();
    await report(stripe, 'tokens', customer.id, '100', START + 1);
    await advance(stripe, clock.id, end + 20 * 86_400);
    const { data } = await stripe.invoices.list({ customer: customer.id });
    expect(data.map((invoice) => [invoice.created, invoice.status, invoice.total])).toEqual([
      [end, 'paid', 2010],
      [START, 'paid', 2000],
    ]);
    expect(data[0]?.status_transitions.finalized_at).toBe(end + HOUR);
    expect(data.map((invoice) => invoice.number?.split('-')[1])).toEqual(['0002', '0001']);
  });

  it('runs in real time for a customer without a test clock', async () => {
    let nowMs = START * 1000;
    const real = await startWorld({ nowMs: () => nowMs });
    const card = 'pm_card_visa';
    const settings = { invoice_settings: { default_payment_method: card } };
    const customer = await real.stripe.customers.create({ payment_method: card, ...settings });
    const base = await basePrice(real.stripe, 700);
    const subscription = await subscribe(real.stripe, customer.id, base.id);
    nowMs = ((subscription.items.data[0]?.current_period_end ?? 0) + HOUR) * 1000;
    await until(async () => {
      const { data } = await real.stripe.invoices.list({ customer: customer.id });
      return data.length === 2 && data.every((invoice) => invoice.status === 'paid');
    });
    await real.sandbox.stop();
  });
});

describe('a test clock', () => {
  it('goes forward only, at most two intervals of the shortest subscription', async () => {
    const { stripe } = world;
    const { clock, end } = await tokenPlan();
    const to = (frozen_time: number) =>
      refusal(stripe.testHelpers.testClocks.advance(clock.id, { frozen_time }));
    expect((await to(START)).param).toBe('frozen_time');
    expect((await to(START - 1)).param).toBe('frozen_time');
    expect((await to(end + 32 * 86_400)).message).toContain('two intervals');
  });

  it('refuses changes of what hangs on it while it advances (public reports: 429)', async () => {
    const { stripe } = world;
    const { clock, subscription, end } = await tokenPlan();
    world.sandbox.controls.switch({ advanceMs: 100 });
    const params = { frozen_time: end - 60 };
    const advancing = await stripe.testHelpers.testClocks.advance(clock.id, params);
    expect(advancing.status).toBe('advancing');
    const change = stripe.subscriptions.update(subscription.id, { description: 'x' });
    const error = await refusal(change);
    expect(error.statusCode).toBe(429);
    expect(error.message).toContain('Test clock advancement underway');
    await until(async () => {
      const { status, frozen_time } = await stripe.testHelpers.testClocks.retrieve(clock.id);
      return status === 'ready' && frozen_time === end - 60;
    });
    await stripe.subscriptions.update(subscription.id, { description: 'x' });
  });

  it('takes its customers and their subscriptions with it when it is deleted', async () => {
    const { stripe } = world;
    const { clock, customer, subscription } = await tokenPlan();
    await stripe.testHelpers.testClocks.del(clock.id);
    expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ deleted: true });
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('canceled');
  });
});
