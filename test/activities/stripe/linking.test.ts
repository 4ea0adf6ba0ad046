import type { Command } from '../../../billing/command.js';
import { snapshotOf } from './catalogueMaking.js';
import { answerTo, days, payerOf, running, takeoverInput } from './runningPlan.js';
import { newKey, START_MS, startWorld, type World } from './world.js';

/** A customer that others made at Stripe is used, by one of ours alone. */

let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 60_000);
afterAll(() => world.stop());

const FREE = snapshotOf('free', {});

const link = (customer: string, change: Parameters<typeof takeoverInput>[2] = {}) =>
  answerTo(world, takeoverInput(world, { customer, subscription: null }, change));

const free = (customer: string, change: Parameters<typeof takeoverInput>[2] = {}) =>
  link(customer, { plan: FREE, ...change });

const subscriptionsOf = async (customer: string) =>
  (await world.stripe.subscriptions.list({ customer, status: 'all' })).data;

it('is linked without anything at Stripe being changed', async () => {
  const { id } = await payerOf(world.stripe);
  const before = await world.stripe.customers.retrieve(id);
  expect(await free(id)).toEqual({ type: 'linked', request: 7, stripeCustomer: id });
  expect(await world.stripe.customers.retrieve(id)).toEqual(before);
  expect(await subscriptionsOf(id)).toEqual([]);
});

it('is billed for a plan, and lives by its clock where it is new', async () => {
  const { id, test_clock: testClock } = await payerOf(world.stripe);
  const command = await link(id);
  expect(command).toMatchObject({
    type: 'subscribed',
    linkedAtSeconds: START_MS / 1000,
    stripe: { customer: id, testClock, anchorSeconds: START_MS / 1000 },
  });
  expect(await subscriptionsOf(id)).toHaveLength(1);
});

it('belongs to one customer, whoever asks at once; the same one may ask again', async () => {
  const { id } = await payerOf(world.stripe);
  const keys = [newKey(), newKey(), newKey(), newKey()];
  const answers = await Promise.all(keys.map((key) => free(id, { key })));
  expect(answers.map(({ type }) => type).sort()).toEqual([
    'linked',
    'subscribeFailed',
    'subscribeFailed',
    'subscribeFailed',
  ]);
  const first = keys[answers.findIndex(({ type }) => type === 'linked')] ?? newKey();
  const refused = answers.find(({ type }) => type === 'subscribeFailed');
  const detail = `${id} is the Stripe customer of ${first.customer} already.`;
  expect(refused).toMatchObject({ code: 'conflict', detail });
  expect(await free(id, { key: first, request: 8 })).toMatchObject({ type: 'linked' });
});

it('is not one that was made for another customer', async () => {
  const { key, stripe } = await world.subscriber();
  const refused = await free(stripe.customer);
  expect(refused).toMatchObject({ type: 'subscribeFailed', code: 'conflict' });
  expect((refused as Extract<Command, { detail: string }>).detail).toContain(key.customer);
});

it('is refused where Stripe does not know it, or has deleted it', async () => {
  const unknown = { code: 'invalid_request', detail: 'cus_nobody is not at Stripe in test mode.' };
  expect(await free('cus_nobody')).toMatchObject(unknown);
  expect(await link('cus_nobody')).toMatchObject(unknown);
  const { id } = await payerOf(world.stripe);
  await world.stripe.customers.del(id);
  const deleted = { code: 'invalid_request', detail: `${id} is deleted at Stripe.` };
  expect(await free(id)).toMatchObject(deleted);
  expect(await link(id)).toMatchObject(deleted);
});

it('without a card is refused; free again, unless the customer exists by it', async () => {
  const cardless = async () => {
    const { testClocks } = world.stripe.testHelpers;
    const clock = await testClocks.create({ frozen_time: START_MS / 1000 });
    return (await world.stripe.customers.create({ test_clock: clock.id })).id;
  };
  const [first, known] = [await cardless(), await cardless()];
  expect(await link(first)).toMatchObject({ code: 'payment_required' });
  expect(await free(first)).toMatchObject({ code: 'conflict' });
  const refused = await link(known, { isFirst: false, isNew: false, startMs: START_MS });
  expect(refused).toMatchObject({ code: 'payment_required' });
  expect(await free(known)).toMatchObject({ type: 'linked' });
});

it('with a subscription that bills the same meter gets no second one', async () => {
  const { customer, subscription } = await running(world);
  const key = newKey();
  const first = await answerTo(world, takeoverInput(world, { subscription }, { key }));
  expect(first.type).toBe('subscribed');
  const again = await link(customer, { key, request: 8 });
  expect(again).toMatchObject({ type: 'subscribeFailed', code: 'conflict' });
  expect(await subscriptionsOf(customer)).toHaveLength(1);
});

it('keeps its time: a clock that is ahead, or none at all, is told', async () => {
  const { id } = await payerOf(world.stripe);
  const late = { isNew: false, startMs: START_MS - days(1) * 1000 };
  const ahead = await link(id, late);
  expect(ahead).toMatchObject({ code: 'conflict' });
  expect((ahead as Extract<Command, { detail: string }>).detail).toContain('2026-01-31T10:20:30');
  const clockless = await world.stripe.customers.create({ payment_method: 'pm_card_visa' });
  expect(await link(clockless.id, late)).toMatchObject({ code: 'conflict' });
});

it('opens its own pages at Stripe; one that can’t be opened is told', async () => {
  const { id } = await payerOf(world.stripe);
  const ask = { kind: 'portal', returnUrl: 'https://app.example/' } as const;
  const who = { name: null, email: null, trialDays: null, startMs: START_MS };
  const key = newKey();
  const { number } = await world.acts.openPage({ key, request: 3, ask, ...who, linked: id });
  expect(await world.commandAt(key, number)).toMatchObject({ stripeCustomer: id });
  await world.stripe.customers.del(id);
  const failed = await world.acts.openPage({ key, request: 4, ask, ...who, linked: id });
  expect(await world.commandAt(key, failed.number)).toEqual({
    type: 'pageFailed',
    request: 4,
    detail: `${id} is deleted at Stripe.`,
  });
});

it('a paused collection is read with how and until when', async () => {
  const { key, stripe } = await world.subscriber();
  const read = () => world.acts.readSubscription({ key, stripe, nowMs: START_MS });
  expect((await read()).pause).toBeNull();
  const resumesAt = START_MS / 1000 + days(9);
  for (const [behavior, shown] of [
    ['keep_as_draft', 'keepAsDraft'],
    ['mark_uncollectible', 'markUncollectible'],
    ['void', 'void'],
  ] as const) {
    const pause = { behavior, resumes_at: resumesAt };
    await world.stripe.subscriptions.update(stripe.subscription, { pause_collection: pause });
    expect((await read()).pause).toEqual({ behavior: shown, resumesAtSeconds: resumesAt });
  }
  await world.stripe.subscriptions.pause(stripe.subscription);
  expect((await read()).pause).toEqual({ behavior: 'noInvoices', resumesAtSeconds: null });
});
