import { createStripeActivities } from '../../../activities/stripe/activities.js';
import { stripeClient } from '../../../activities/stripe/client.js';
import type { Command } from '../../../billing/command.js';
import { snapshotOf } from './catalogueMaking.js';
import { newKey, START_MS, startWorld, type Subscriber, type World } from './world.js';

/** Subscriptions that change and end, at the sandbox and under its faults. */

const DAY_MS = 86_400_000;
const NOW_MS = START_MS + 10 * DAY_MS;

const PLUS = snapshotOf('plus', {
  baseAmountMinor: 4900,
  prices: { tokens: { type: 'perUnit', unitAmountMinor: '0.5' } },
});

let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 60_000);
afterAll(() => world.stop());
afterEach(() => world.sandbox.controls.clearFaults());

const change = ({ key, stripe }: Subscriber) => ({
  ...world.subscribeInput(key, PLUS),
  request: 9,
  startMs: NOW_MS,
  stripe,
});
const party = ({ key, stripe }: Subscriber) => ({ key, stripe, nowMs: NOW_MS });
const subscriptionOf = ({ stripe }: Subscriber) =>
  world.stripe.subscriptions.retrieve(stripe.subscription);
const invoicesOf = async ({ stripe }: Subscriber) =>
  (await world.stripe.invoices.list({ subscription: stripe.subscription, limit: 100 })).data;

/** Runs an activity as Temporal does, and answers the command it wrote. */
async function answered(who: Subscriber, act: () => Promise<{ number: number }>) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await world.commandAt(who.key, (await act()).number);
    } catch (error) {
      if (attempt === 6) throw error;
    }
  }
}

function subscribedTo(command: Command) {
  if (command.type !== 'subscribed') throw new Error(JSON.stringify(command));
  return command.stripe;
}

describe('a change now', () => {
  it('swaps all items at that second and charges the new base at once', async () => {
    const who = await world.subscriber();
    const link = subscribedTo(await answered(who, () => world.acts.subscribe(change(who))));
    expect([link.subscription, link.anchorSeconds]).toEqual([
      who.stripe.subscription,
      NOW_MS / 1000,
    ]);
    expect(Object.keys(link.items)).toEqual(['tokens']);
    const { items } = await subscriptionOf(who);
    expect(new Set(items.data.map(({ id }) => id))).toEqual(
      new Set([link.baseItem, link.items['tokens']]),
    );
    const [newest] = await invoicesOf(who);
    expect(newest).toMatchObject({
      billing_reason: 'subscription_update',
      subtotal: 4900,
      status: 'paid',
    });
  });

  it.each(['resetBefore', 'resetAfter', 'errorBefore', 'errorAfter', 'rateLimit'] as const)(
    'happens once, whatever became of the first answer: %s',
    async (kind) => {
      const who = await world.subscriber();
      const path = `^/v1/subscriptions/${who.stripe.subscription}$`;
      world.sandbox.controls.fault({ kind, method: 'POST', path, times: 1 });
      subscribedTo(await answered(who, () => world.acts.subscribe(change(who))));
      expect(await invoicesOf(who)).toHaveLength(2);
    },
  );

  it('after a trial that is over ends no trial', async () => {
    const key = newKey();
    const input = { ...world.subscribeInput(key), trialDays: 7 };
    const answer = async (asked: typeof input) =>
      subscribedTo(await world.commandAt(key, (await world.acts.subscribe(asked)).number));
    const stripe = await answer(input);
    expect(stripe.trialEndSeconds).toBe(START_MS / 1000 + 7 * 86_400);
    const later = { plan: PLUS, request: 9, startMs: NOW_MS };
    const link = await answer({ ...input, ...later, stripe });
    expect(link.anchorSeconds).toBe(NOW_MS / 1000);
  });

  it('with a card that is refused changes nothing', async () => {
    const who = await world.subscriber();
    const card = { payment_method: 'pm_card_chargeCustomerFail' };
    const { id } = await world.stripe.paymentMethods.attach(card.payment_method, {
      customer: who.stripe.customer,
    });
    await world.stripe.customers.update(who.stripe.customer, {
      invoice_settings: { default_payment_method: id },
    });
    const before = (await subscriptionOf(who)).items.data.map((item) => item.id);
    const command = await answered(who, () => world.acts.subscribe(change(who)));
    expect(command).toMatchObject({ type: 'subscribeFailed', code: 'payment_required' });
    expect((await subscriptionOf(who)).items.data.map((item) => item.id)).toEqual(before);
  });
});

describe('a cancellation', () => {
  it('now ends the subscription at that second and lets Stripe invoice nothing', async () => {
    const who = await world.subscriber();
    const input = { ...party(who), request: 12 };
    const command = await answered(who, () => world.acts.unsubscribe(input));
    expect(command).toMatchObject({ type: 'ended', request: 12, byCycle: false });
    const standing = await subscriptionOf(who);
    expect([standing.status, standing.ended_at]).toEqual(['canceled', NOW_MS / 1000]);
    expect(await invoicesOf(who)).toHaveLength(1);
    expect(await answered(who, () => world.acts.unsubscribe(input))).toEqual(command);
  });

  it('at the end of a period that is over is not told: it would end the next one', async () => {
    const who = await world.subscriber();
    const { items } = await subscriptionOf(who);
    const [endSeconds = 0] = items.data.map((item) => item.current_period_end);
    const told = (end: number | null) =>
      world.acts.syncCancellation({ ...party(who), ends: true, endSeconds: end });
    await expect(told(endSeconds - 28 * 86_400)).rejects.toThrow(/in the period after/);
    expect((await subscriptionOf(who)).cancel_at_period_end).toBe(false);
    await told(endSeconds);
    expect((await subscriptionOf(who)).cancel_at_period_end).toBe(true);
    // Told already, and by whom ever: it is too late all the same.
    await expect(told(endSeconds - 28 * 86_400)).rejects.toThrow(/in the period after/);
    await told(null);
  });

  it('that came with the period’s end before is Stripe’s last cycle', async () => {
    const who = await world.subscriber();
    await world.acts.syncCancellation({ ...party(who), ends: true });
    const { items } = await subscriptionOf(who);
    const [endSeconds = 0] = items.data.map((item) => item.current_period_end);
    const input = { ...party(who), nowMs: (endSeconds + 60) * 1000, request: 12 };
    const command = await answered(who, () => world.acts.unsubscribe(input));
    const ended = { type: 'ended', request: 12, endedSeconds: endSeconds, byCycle: true };
    expect(command).toEqual(ended);
  });

  it('at the end of the period is told, and taken back', async () => {
    const who = await world.subscriber();
    for (const ends of [true, true, false]) {
      await world.acts.syncCancellation({ ...party(who), ends });
      expect((await subscriptionOf(who)).cancel_at_period_end).toBe(ends);
    }
  });
});

it('items are swapped after a turn, the anchor stays, nothing is invoiced', async () => {
  const who = await world.subscriber();
  const input = { ...party(who), plan: PLUS, segment: 1 };
  const command = await answered(who, () => world.acts.swapItems(input));
  if (command.type !== 'swapped') throw new Error(JSON.stringify(command));
  expect(command.stripe).toMatchObject({
    subscription: who.stripe.subscription,
    anchorSeconds: who.stripe.anchorSeconds,
    plan: { id: 'plus', version: 1 },
  });
  expect(await invoicesOf(who)).toHaveLength(1);
  expect(await answered(who, () => world.acts.swapItems(input))).toEqual(command);
});

it('an activity of a worker that has no key of the mode says so', async () => {
  const who = await world.subscriber();
  const stripe = stripeClient({ secretKey: 'sk_test_1', apiBase: world.sandbox.url });
  const acts = createStripeActivities({
    ledger: world.ledger,
    stripe: { test: null, live: stripe },
    now: world.now,
  });
  await expect(acts.unsubscribe({ ...party(who), request: 1 })).rejects.toThrow(/test/);
});
