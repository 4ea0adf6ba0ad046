import type Stripe from 'stripe';
import {
  START,
  type World,
  advance,
  basePrice,
  customerOnClock,
  eventTypes,
  newestInvoice,
  refusal,
  setCard,
  startWorld,
  usedPlan,
} from './world.js';

/**
 * Failed payments and paused collection: docs.stripe.com/billing/subscriptions/overview (statuses),
 * docs.stripe.com/testing (cards), docs.stripe.com/billing/subscriptions/pause-payment.
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

const statusOf = async (id: string) => (await stripe.subscriptions.retrieve(id)).status;

/** A subscription whose cycle invoice was refused by the card, two hours after the period's end. */
async function refused() {
  const used = await usedPlan(stripe);
  await setCard(stripe, used.customer.id, 'pm_card_chargeCustomerFail');
  await advance(stripe, used.clock.id, used.end + 2 * HOUR);
  return { ...used, invoice: await newestInvoice(stripe, used.customer.id) };
}

describe('a refused cycle invoice', () => {
  it('makes the subscription past due and is tried again by itself', async () => {
    const { clock, customer, subscription, invoice, end } = await refused();
    expect(await statusOf(subscription.id)).toBe('past_due');
    expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ delinquent: true });
    const again = end + HOUR + 3 * DAY;
    expect(invoice).toMatchObject({ attempt_count: 1, next_payment_attempt: again });
    await setCard(stripe, customer.id, 'pm_card_visa');
    expect(await statusOf(subscription.id)).toBe('past_due');
    await advance(stripe, clock.id, again);
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({
      status: 'paid',
      attempt_count: 2,
      amount_paid: 1040,
    });
    expect(await statusOf(subscription.id)).toBe('active');
    expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ delinquent: false });
  });

  it.each(['canceled', 'unpaid', 'past_due'] as const)(
    'after the last attempt leaves it %s, as the account is set',
    async (afterLastRetry) => {
      world.sandbox.controls.switch({ afterLastRetry });
      const { clock, subscription, invoice, end } = await refused();
      await advance(stripe, clock.id, end + 20 * DAY);
      const last = await stripe.invoices.retrieve(invoice.id);
      expect(last).toMatchObject({ status: 'open', attempt_count: 4, next_payment_attempt: null });
      expect(await statusOf(subscription.id)).toBe(afterLastRetry);
      const ended = await stripe.subscriptions.retrieve(subscription.id);
      const reason = afterLastRetry === 'canceled' ? 'payment_failed' : null;
      expect(ended.cancellation_details?.reason).toBe(reason);
    },
  );

  it('unpaid: later invoices stay drafts, and the last of them must be paid', async () => {
    world.sandbox.controls.switch({ afterLastRetry: 'unpaid' });
    const { clock, customer, subscription, invoice, end } = await refused();
    await advance(stripe, clock.id, end + 33 * DAY);
    const later = await newestInvoice(stripe, customer.id);
    expect(later).toMatchObject({ status: 'draft', auto_advance: false, total: 1000 });
    await setCard(stripe, customer.id, 'pm_card_visa');
    await stripe.invoices.pay(invoice.id);
    expect(await statusOf(subscription.id)).toBe('unpaid');
    await stripe.invoices.pay(later.id);
    expect(await statusOf(subscription.id)).toBe('active');
  });

  it('is forgotten once a later one is paid (docs overview: the most recent counts)', async () => {
    world.sandbox.controls.switch({ afterLastRetry: 'past_due' });
    const { clock, customer, subscription, invoice, end } = await refused();
    await advance(stripe, clock.id, end + 20 * DAY);
    await setCard(stripe, customer.id, 'pm_card_visa');
    await advance(stripe, clock.id, end + 33 * DAY);
    expect((await newestInvoice(stripe, customer.id)).status).toBe('paid');
    expect((await stripe.invoices.retrieve(invoice.id)).status).toBe('open');
    expect(await statusOf(subscription.id)).toBe('active');
  });

  it('void or given up lifts it, too', async () => {
    for (const end of ['voidInvoice', 'markUncollectible'] as const) {
      const { subscription, invoice } = await refused();
      await stripe.invoices[end](invoice.id);
      expect(await statusOf(subscription.id)).toBe('active');
      await world.sandbox.stop();
      world = await startWorld();
      stripe = world.stripe;
    }
  });
});

describe('an incomplete subscription', () => {
  it('is active once its first invoice is paid with another card', async () => {
    const { customer } = await customerOnClock(stripe, START, 'pm_card_chargeCustomerFail');
    const base = await basePrice(stripe, 1000);
    const { id, status } = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: base.id }],
    });
    expect(status).toBe('incomplete');
    const invoice = await newestInvoice(stripe, customer.id);
    expect(invoice).toMatchObject({ status: 'open', next_payment_attempt: null });
    expect(await eventTypes(stripe, id)).toEqual(['customer.subscription.created']);
    await setCard(stripe, customer.id, 'pm_card_visa');
    await stripe.invoices.pay(invoice.id);
    expect(await statusOf(id)).toBe('active');
  });

  it('shows the secret to pay with; its items cannot be changed (Subscriptions.d.ts)', async () => {
    const { customer } = await customerOnClock(stripe, START, 'pm_card_chargeCustomerFail');
    const base = await basePrice(stripe, 1000);
    const expand = ['latest_invoice.confirmation_secret'];
    const items = [{ price: base.id }];
    const made = await stripe.subscriptions.create({ customer: customer.id, items, expand });
    const secret = { client_secret: expect.stringMatching(/_secret_/) };
    expect(made.latest_invoice).toMatchObject({ confirmation_secret: secret });
    const gone = { items: [{ id: made.items.data[0]?.id ?? '', deleted: true }] };
    const refusedChange = refusal(stripe.subscriptions.update(made.id, gone));
    expect((await refusedChange).statusCode).toBe(400);
    const noted = await stripe.subscriptions.update(made.id, { metadata: { note: 'x' } });
    expect(noted.metadata).toEqual({ note: 'x' });
  });

  it('does not come to be without any payment method', async () => {
    const customer = await stripe.customers.create();
    const base = await basePrice(stripe, 1000);
    const create = { customer: customer.id, items: [{ price: base.id }] };
    expect((await refusal(stripe.subscriptions.create(create))).code).toBe('resource_missing');
  });
});

describe('paused collection', () => {
  it.each([
    ['keep_as_draft', 'draft'],
    ['mark_uncollectible', 'uncollectible'],
    ['void', 'void'],
  ] as const)('%s makes its invoices %s and keeps the balance', async (behavior, status) => {
    const { clock, customer, subscription, end } = await usedPlan(stripe);
    const credit = { amount: -500, currency: 'usd' };
    await stripe.customers.createBalanceTransaction(customer.id, credit);
    const pause = { pause_collection: { behavior } };
    const paused = await stripe.subscriptions.update(subscription.id, pause);
    expect(paused).toMatchObject({ status: 'active', pause_collection: { behavior } });
    await advance(stripe, clock.id, end + 2 * DAY);
    const invoice = await newestInvoice(stripe, customer.id);
    expect(invoice).toMatchObject({ status, auto_advance: false, attempted: false, total: 1040 });
    expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ balance: -500 });
  });

  it('goes on at resumes_at, or when it is unset', async () => {
    const { clock, customer, subscription, end } = await usedPlan(stripe);
    const pause = { behavior: 'void' as const, resumes_at: end + DAY };
    await stripe.subscriptions.update(subscription.id, { pause_collection: pause });
    await advance(stripe, clock.id, end + 2 * DAY);
    const resumed = await stripe.subscriptions.retrieve(subscription.id);
    expect(resumed.pause_collection).toBeNull();
    await stripe.subscriptions.update(subscription.id, { pause_collection: pause });
    const unset = { pause_collection: '' as const };
    const again = await stripe.subscriptions.update(subscription.id, unset);
    expect(again.pause_collection).toBeNull();
    await advance(stripe, clock.id, (again.items.data[0]?.current_period_end ?? 0) + 2 * HOUR);
    expect((await newestInvoice(stripe, customer.id)).status).toBe('paid');
  });
});

describe('a test card', () => {
  it.each([
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_visa_chargeDeclinedLostCard', 'card_declined', 'lost_card'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', ''],
    ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', ''],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error', ''],
  ])('%s is refused as %s %s', async (card, code, decline) => {
    const { customer } = await customerOnClock(stripe);
    const error = await refusal(stripe.paymentMethods.attach(card, { customer: customer.id }));
    expect([error.statusCode, error.code, error.decline_code]).toEqual([402, code, decline]);
  });

  it('that wants its holder to confirm pays nothing and says so', async () => {
    const { clock, customer, subscription, end } = await usedPlan(stripe);
    await setCard(stripe, customer.id, 'pm_card_authenticationRequired');
    await advance(stripe, clock.id, end + 2 * HOUR);
    expect(await statusOf(subscription.id)).toBe('past_due');
    const { id } = await newestInvoice(stripe, customer.id);
    expect(await eventTypes(stripe, id)).toContain('invoice.payment_action_required');
  });
});
