import { createStripeActivities } from '../../../activities/stripe/activities.js';
import { stripeClient } from '../../../activities/stripe/client.js';
import { killedAfter, newKey, PRO, repeated, START_MS, startWorld, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 60_000);
afterAll(() => world.stop());
afterEach(() => world.sandbox.controls.clearFaults());

async function subscriptionsOf(customer: string) {
  const { data } = await world.stripe.subscriptions.list({ customer, status: 'all' });
  return data;
}

describe('coming to a priced plan', () => {
  it('starts a subscription with base and meters at the customer’s time', async () => {
    const { key, stripe, segment } = await world.subscriber();
    expect(stripe.anchorSeconds).toBe(START_MS / 1000);
    expect(Object.keys(stripe.items)).toEqual(['tokens', 'images']);
    expect(stripe.eventNames).toEqual({ tokens: 'durabill_tokens', images: 'durabill_images' });
    const items = await world.stripe.subscriptionItems.list({ subscription: stripe.subscription });
    const ids = items.data.map((item) => item.id);
    expect(new Set(ids)).toEqual(new Set([stripe.baseItem, ...Object.values(stripe.items)]));
    expect(items.data[0]?.current_period_end).toBe(segment.endSeconds);
    const customer = await world.stripe.customers.retrieve(stripe.customer);
    expect(customer).toMatchObject({ name: 'Acme', metadata: { durabill_customer: key.customer } });
  });

  it('answers a repeat from the log and makes nothing', async () => {
    const { key, stripe } = await world.subscriber();
    world.sandbox.controls.fault({ kind: 'errorBefore', times: 50 });
    const again = await world.acts.subscribe(world.subscribeInput(key));
    expect(again).toEqual({ number: 1 });
    expect(await world.ledger.log.head(key)).toBe(1);
    world.sandbox.controls.clearFaults();
    expect(await subscriptionsOf(stripe.customer)).toHaveLength(1);
  });

  it.each([/^clock/, /^customer/, /^subscription/])(
    'killed after Stripe made %s: still one subscription',
    async (name) => {
      const key = newKey();
      const { stripe, now } = world;
      const ledger = killedAfter(world.ledger, name);
      const acts = createStripeActivities({ ledger, stripe: { test: stripe, live: null }, now });
      const input = world.subscribeInput(key);
      const { number } = await repeated(() => acts.subscribe(input));
      const command = await world.commandAt(key, number);
      if (command.type !== 'subscribed') throw new Error(command.type);
      expect(await subscriptionsOf(command.stripe.customer)).toHaveLength(1);
      const clocks = await stripe.testHelpers.testClocks.list({ limit: 100 });
      const own = clocks.data.filter((clock) => clock.name?.includes(`/${key.customer}/`));
      expect(own).toHaveLength(1);
    },
  );

  it.each(['errorAfter', 'errorBefore', 'resetAfter', 'rateLimit'] as const)(
    'through %s at every step: still one subscription',
    async (kind) => {
      const key = newKey();
      for (const path of ['test_clocks$', 'customers$', 'subscriptions$']) {
        world.sandbox.controls.fault({ kind, method: 'POST', path, times: 1 });
      }
      const { number } = await repeated(() => world.acts.subscribe(world.subscribeInput(key)));
      const command = await world.commandAt(key, number);
      if (command.type !== 'subscribed') throw new Error(command.type);
      const { customer, testClock } = command.stripe;
      expect(await subscriptionsOf(customer)).toHaveLength(1);
      const customers = await world.stripe.customers.list({ test_clock: testClock ?? '' });
      expect(customers.data).toHaveLength(1);
    },
  );

  it('a refused card makes nothing and answers payment_required, also when repeated', async () => {
    const { key, stripe } = await world.subscriber();
    await world.stripe.subscriptions.cancel(stripe.subscription);
    await useCard(stripe.customer, 'pm_card_chargeCustomerFail');
    const input = { ...world.subscribeInput(key), request: 8 };
    const { number } = await world.acts.subscribe(input);
    expect(await world.commandAt(key, number)).toMatchObject({
      type: 'subscribeFailed',
      request: 8,
      code: 'payment_required',
    });
    expect(await world.acts.subscribe(input)).toEqual({ number });
    const running = await subscriptionsOf(stripe.customer);
    expect(running.filter(({ status }) => status !== 'canceled')).toEqual([]);
  });

  it('after a refusal a working card subscribes the same customer on the same clock', async () => {
    const { key, stripe } = await world.subscriber();
    await world.stripe.subscriptions.cancel(stripe.subscription);
    await useCard(stripe.customer, 'pm_card_visa');
    const laterMs = START_MS + 86_400_000;
    const input = { ...world.subscribeInput(key), request: 9, startMs: laterMs };
    const { number } = await world.acts.subscribe(input);
    const command = await world.commandAt(key, number);
    expect(command).toMatchObject({
      type: 'subscribed',
      stripe: {
        customer: stripe.customer,
        testClock: stripe.testClock,
        anchorSeconds: laterMs / 1000,
      },
    });
  });

  it('without any payment method answers payment_required', async () => {
    const { key, stripe } = await world.subscriber();
    await world.stripe.subscriptions.cancel(stripe.subscription);
    const methods = await world.stripe.customers.listPaymentMethods(stripe.customer);
    for (const { id } of methods.data) await world.stripe.paymentMethods.detach(id);
    const input = { ...world.subscribeInput(key), request: 10 };
    const { number } = await world.acts.subscribe(input);
    expect(await world.commandAt(key, number)).toMatchObject({ code: 'payment_required' });
  });

  it('a customer that was deleted at Stripe is a conflict that says the way out', async () => {
    const { key, stripe } = await world.subscriber();
    await world.stripe.customers.del(stripe.customer);
    const { number } = await world.acts.subscribe({ ...world.subscribeInput(key), request: 11 });
    expect(await world.commandAt(key, number)).toMatchObject({
      code: 'conflict',
      detail: `${stripe.customer} is deleted at Stripe: name another by stripeCustomerId.`,
    });
  });
});

describe('Stripe away', () => {
  it('answers unavailable at once, and the next request works', async () => {
    const key = newKey();
    const { ledger } = world;
    const acts = createStripeActivities({ ledger, stripe: { test: nobody(), live: null } });
    const { number } = await acts.subscribe(world.subscribeInput(key));
    expect(await world.commandAt(key, number)).toMatchObject({
      type: 'subscribeFailed',
      code: 'unavailable',
    });
    const next = await world.acts.subscribe({ ...world.subscribeInput(key), request: 8 });
    expect(await world.commandAt(key, next.number)).toMatchObject({ type: 'subscribed' });
  });

  it('after the subscription was sent is an open question: thrown, then answered', async () => {
    const key = newKey();
    const path = 'subscriptions$';
    world.sandbox.controls.fault({ kind: 'resetBefore', method: 'POST', path, times: 2 });
    const input = world.subscribeInput(key);
    await expect(world.acts.subscribe(input)).rejects.toMatchObject({
      type: 'stripe_unanswered',
      nonRetryable: false,
    });
    // Even while nobody listens at all: the first attempt may have arrived.
    const { ledger } = world;
    const acts = createStripeActivities({ ledger, stripe: { test: nobody(), live: null } });
    await expect(acts.subscribe(input)).rejects.toMatchObject({ type: 'stripe_away' });
    expect(await world.ledger.log.head(key)).toBe(0);
    const { number } = await world.acts.subscribe(input);
    expect(await world.commandAt(key, number)).toMatchObject({ type: 'subscribed' });
  });

  it('a subscription made after the no was given is withdrawn, and the no stands', async () => {
    const key = newKey();
    const { ledger, stripe } = world;
    const away = createStripeActivities({ ledger, stripe: { test: nobody(), live: null } });
    const { number } = await away.subscribe(world.subscribeInput(key));
    // A worker that looked before the no was written.
    const log = { ...ledger.log, entry: () => Promise.resolve(null) };
    const late = { ledger: { ...ledger, log }, stripe: { test: stripe, live: null } };
    const answer = await createStripeActivities(late).subscribe(world.subscribeInput(key));
    expect(answer).toEqual({ number });
    const made = await ledger.ensures.find(`subscription/test/${key.customer}/1/7`);
    const subscription = await stripe.subscriptions.retrieve(made?.object ?? '');
    expect(subscription.status).toBe('canceled');
  });

  it('without a key of the mode answers unavailable', async () => {
    const key = { ...newKey(), mode: 'live' } as const;
    const { number } = await world.acts.subscribe({ ...world.subscribeInput(key), plan: PRO });
    expect(await world.commandAt(key, number)).toMatchObject({ code: 'unavailable' });
  });
});

/** A client of an address at which nothing listens. */
function nobody() {
  return stripeClient({ secretKey: 'sk_test_1', apiBase: 'http://127.0.0.1:1' });
}

async function useCard(customer: string, card: string): Promise<void> {
  const method = await world.stripe.paymentMethods.attach(card, { customer });
  await world.stripe.customers.update(customer, {
    invoice_settings: { default_payment_method: method.id },
  });
}
