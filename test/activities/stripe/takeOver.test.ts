import { createStripeActivities } from '../../../activities/stripe/activities.js';
import {
  answerTo,
  days,
  NOW_SECONDS,
  payerOf,
  priceOf,
  RUNNING,
  running,
  takeoverInput,
} from './runningPlan.js';
import { killedAfter, repeated, START_MS, startWorld, type World } from './world.js';
import { snapshotOf } from './catalogueMaking.js';

/** A subscription that runs at Stripe is taken over: nothing charged, nothing doubled. */

let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 60_000);
afterAll(() => world.stop());
afterEach(() => world.sandbox.controls.clearFaults());

const itemsOf = async (subscription: string) =>
  (await world.stripe.subscriptionItems.list({ subscription, limit: 100 })).data;

const invoicesOf = async (subscription: string) =>
  (await world.stripe.invoices.list({ subscription, limit: 100 })).data;

async function taken(input: ReturnType<typeof takeoverInput>) {
  const command = await answerTo(world, input);
  if (command.type !== 'subscribed') throw new Error(JSON.stringify(command));
  return command;
}

async function refusalOf(input: ReturnType<typeof takeoverInput>) {
  const command = await answerTo(world, input);
  if (command.type !== 'subscribeFailed') throw new Error(JSON.stringify(command));
  return command;
}

describe('taken over', () => {
  it('in its middle: its anchor, its period, metered items from now on, no invoice', async () => {
    const { customer, subscription, testClock } = await running(world, { amountMinor: 2_900 });
    const before = await invoicesOf(subscription);
    const [legacy] = await itemsOf(subscription);
    const { stripe, takenOver, linkedAtSeconds } = await taken(
      takeoverInput(world, { subscription }),
    );
    expect(takenOver).toEqual({
      startSeconds: RUNNING.startSeconds,
      periods: 1,
      atSeconds: NOW_SECONDS,
      base: 'charged',
    });
    expect(linkedAtSeconds).toBe(NOW_SECONDS);
    expect(stripe).toMatchObject({
      customer,
      subscription,
      testClock,
      // 1,900 or not: what costs as much as the plan's base is its base.
      baseItem: legacy?.id,
      anchorSeconds: START_MS / 1000,
      itemsSinceSeconds: NOW_SECONDS,
    });
    expect(Object.keys(stripe.items)).toEqual(['tokens', 'images']);
    expect(await itemsOf(subscription)).toHaveLength(3);
    const ids = (invoices: typeof before) => invoices.map(({ id }) => id);
    expect(ids(await invoicesOf(subscription))).toEqual(ids(before));
  });

  it('another amount goes on, charged by others; nothing is added to it', async () => {
    const { subscription } = await running(world);
    const [legacy] = await itemsOf(subscription);
    const { stripe, takenOver } = await taken(takeoverInput(world, { subscription }));
    expect(takenOver?.base).toBe('others');
    expect([stripe.baseItem, stripe.otherItems]).toEqual([null, [legacy?.id]]);
    expect(await itemsOf(subscription)).toHaveLength(3);
  });

  it('with usage alone: the plan’s base comes with the next period', async () => {
    const first = await taken(
      takeoverInput(world, { subscription: (await running(world)).subscription }),
    );
    const meter = first.stripe.meters['tokens'] ?? '';
    const other = await world.stripe.billing.meters.create({
      display_name: 'Other',
      event_name: `other-${meter}`,
      default_aggregation: { formula: 'sum' },
    });
    const product = await world.stripe.products.create({ name: 'Usage' });
    const recurring = { interval: 'month', usage_type: 'metered', meter: other.id } as const;
    const made = { currency: 'usd', product: product.id, unit_amount: 1, recurring };
    const { id: price } = await world.stripe.prices.create(made);
    const { subscription } = await running(world, { price });
    const { stripe, takenOver } = await taken(takeoverInput(world, { subscription }));
    expect([takenOver?.base, stripe.baseItem === null]).toEqual(['added', false]);
    expect(await itemsOf(subscription)).toHaveLength(4);
    expect((await invoicesOf(subscription)).filter(({ total }) => total > 0)).toEqual([]);
  });

  it('in its trial: the trial ends as it would have', async () => {
    const nowSeconds = START_MS / 1000 + days(5);
    const { subscription } = await running(world, { trialDays: 14, nowSeconds });
    const { stripe, takenOver } = await taken(takeoverInput(world, { subscription }));
    expect(takenOver).toMatchObject({ startSeconds: START_MS / 1000, periods: 0 });
    expect([stripe.anchorSeconds, stripe.trialEndSeconds]).toEqual([
      START_MS / 1000,
      START_MS / 1000 + days(14),
    ]);
  });

  it('whoever was here before brings Stripe’s clock up to its own', async () => {
    const { subscription } = await running(world);
    const startMs = (NOW_SECONDS + days(1)) * 1000;
    const input = takeoverInput(world, { subscription }, { startMs, isNew: false });
    const command = await taken(input);
    expect([command.takenOver?.atSeconds, command.linkedAtSeconds]).toEqual([
      NOW_SECONDS + days(1),
      undefined,
    ]);
  });
});

describe('repeated', () => {
  it.each(['errorAfter', 'errorBefore', 'resetAfter', 'rateLimit'] as const)(
    'through %s: each item once, and the same answer',
    async (kind) => {
      const { subscription } = await running(world);
      const path = `subscriptions/${subscription}$`;
      world.sandbox.controls.fault({ kind, method: 'POST', path, times: 1 });
      const input = takeoverInput(world, { subscription });
      const command = await repeated(() => taken(input));
      expect(command.takenOver?.base).toBe('others');
      expect(await itemsOf(subscription)).toHaveLength(3);
      expect(await taken(input)).toEqual(command);
    },
  );

  it('killed after the items were added: it knows them as its own', async () => {
    const { subscription } = await running(world);
    const ledger = killedAfter(world.ledger, /^subscription\//);
    const { stripe, now } = world;
    const acts = createStripeActivities({ ledger, stripe: { test: stripe, live: null }, now });
    const input = takeoverInput(world, { subscription });
    await expect(acts.subscribe(input)).rejects.toThrow('killed');
    await acts.subscribe(input);
    expect(await itemsOf(subscription)).toHaveLength(3);
  });

  it('a no that stands already: what was added goes again, the subscription stays', async () => {
    const { customer, subscription } = await running(world);
    const input = takeoverInput(world, { subscription });
    const { ledger, stripe, now } = world;
    const no = { type: 'subscribeFailed', request: 7, code: 'unavailable', detail: '' } as const;
    const id = 'command/subscription-7';
    await ledger.writer.append(input.key, [{ kind: 'command', id, command: no, hash: 'no' }]);
    const log = { ...ledger.log, entry: () => Promise.resolve(null) };
    const late = { ledger: { ...ledger, log }, stripe: { test: stripe, live: null }, now };
    await createStripeActivities(late).subscribe(input);
    expect(await itemsOf(subscription)).toHaveLength(1);
    expect((await stripe.subscriptions.retrieve(subscription)).status).toBe('active');
    // The Stripe customer is free again.
    const next = takeoverInput(world, { customer, subscription });
    expect((await taken(next)).stripe.customer).toBe(customer);
  });
});

describe('refused, and nothing changed', () => {
  it('one that is canceled, or of another customer', async () => {
    const { subscription } = await running(world);
    const other = await payerOf(world.stripe);
    const foreign = await refusalOf(takeoverInput(world, { customer: other.id, subscription }));
    expect(foreign).toMatchObject({ code: 'conflict', detail: expect.stringContaining('belongs') });
    await world.stripe.subscriptions.cancel(subscription);
    const canceled = await refusalOf(takeoverInput(world, { subscription }));
    expect(canceled.detail).toContain('is canceled');
  });

  it('one of another interval or currency', async () => {
    const nowSeconds = START_MS / 1000 + days(9);
    const yearly = await running(world, { interval: 'year', nowSeconds });
    const euros = await running(world, { currency: 'eur' });
    for (const [{ subscription }, words] of [
      [yearly, 'every 1 year'],
      [euros, 'is in eur'],
    ] as const) {
      const { code, detail } = await refusalOf(takeoverInput(world, { subscription }));
      expect([code, detail.includes(words)]).toEqual(['conflict', true]);
      expect(await itemsOf(subscription)).toHaveLength(1);
    }
  });

  it('an id that Stripe does not know in this mode', async () => {
    const unknown = await refusalOf(takeoverInput(world, { subscription: 'sub_nobody' }));
    expect(unknown).toMatchObject({ code: 'invalid_request' });
    expect(unknown.detail).toContain('sub_nobody is not at Stripe in test mode');
    const { customer } = await running(world);
    const named = await refusalOf(takeoverInput(world, { customer, subscription: 'sub_nobody' }));
    expect(named.code).toBe('invalid_request');
  });

  it('a meter that another subscription of the customer bills', async () => {
    const { customer, subscription } = await running(world);
    await taken(takeoverInput(world, { subscription }));
    const price = await priceOf(world.stripe);
    const second = await world.stripe.subscriptions.create({ customer, items: [{ price }] });
    const { detail } = await refusalOf(takeoverInput(world, { subscription: second.id }));
    expect(detail).toContain('is not the only one');
  });

  it('a plan whose price is archived at Stripe, told with the way out', async () => {
    const plan = snapshotOf('dusty', {
      prices: { tokens: { type: 'perUnit', unitAmountMinor: '1' } },
    });
    const { customer } = await running(world);
    const first = await running(world);
    await taken(takeoverInput(world, { subscription: first.subscription }, { plan }));
    const lookup = { lookup_keys: ['durabill/dusty/1/tokens'] };
    const { data } = await world.stripe.prices.list(lookup);
    await world.stripe.prices.update(data[0]?.id ?? '', { active: false });
    const input = takeoverInput(world, { customer, subscription: null }, { plan });
    const { code, detail } = await refusalOf(input);
    expect(code).toBe('conflict');
    expect(detail).toContain('make it active again, or publish a new version of dusty');
  });
});
