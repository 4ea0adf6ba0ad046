import { newKey, startWorld, type Subscriber, type World } from './world.js';

/** A subscription that follows another one, at a real sandbox. */

let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 60_000);
afterAll(() => world.stop());
afterEach(() => world.sandbox.controls.clearFaults());

function followInput({ key, stripe, segment }: Subscriber) {
  const startMs = segment.endSeconds * 1000;
  return { ...world.subscribeInput(key), request: 8, startMs, follows: stripe.subscription };
}

async function endsWithPeriod({ key, stripe }: Subscriber): Promise<void> {
  await world.acts.syncCancellation({ key, stripe, nowMs: 0, ends: true });
}

async function running({ stripe }: Subscriber): Promise<readonly string[]> {
  const { data } = await world.stripe.subscriptions.list({ customer: stripe.customer });
  return data.map(({ id }) => id);
}

it('begins where the one before has ended, to the second', async () => {
  const who = await world.subscriber();
  await endsWithPeriod(who);
  const { number } = await world.acts.subscribe(followInput(who));
  const command = await world.commandAt(who.key, number);
  if (command.type !== 'subscribed') throw new Error(JSON.stringify(command));
  const { customer, subscription, anchorSeconds } = command.stripe;
  expect(customer).toBe(who.stripe.customer);
  expect(anchorSeconds).toBe(who.segment.endSeconds);
  expect(await running(who)).toEqual([subscription]);
});

it('is not made while that one still runs: it is to be asked for again', async () => {
  const who = await world.subscriber();
  const ask = () => world.acts.subscribe(followInput(who));
  await expect(ask()).rejects.toThrow(/has not ended yet/);
  expect(await running(who)).toEqual([who.stripe.subscription]);
  await world.stripe.subscriptions.cancel(who.stripe.subscription);
  const { number } = await ask();
  expect(await world.commandAt(who.key, number)).toMatchObject({ type: 'subscribed' });
});

it('is waited for while Stripe is away', async () => {
  const who = await world.subscriber();
  await endsWithPeriod(who);
  world.sandbox.controls.fault({ kind: 'resetBefore', times: 20 });
  await expect(world.acts.subscribe(followInput(who))).rejects.toThrow(/reset|connection|Stripe/i);
  expect(await world.ledger.log.head(who.key)).toBe(1);
  const away = await world.acts.subscribe(world.subscribeInput(newKey()));
  expect(away.number).toBe(1);
});

it('is refused with the card', async () => {
  const who = await world.subscriber();
  await endsWithPeriod(who);
  const { customer } = who.stripe;
  const card = 'pm_card_chargeCustomerFail';
  const { id } = await world.stripe.paymentMethods.attach(card, { customer });
  const settings = { default_payment_method: id };
  await world.stripe.customers.update(customer, { invoice_settings: settings });
  const { number } = await world.acts.subscribe(followInput(who));
  expect(await world.commandAt(who.key, number)).toMatchObject({
    type: 'subscribeFailed',
    code: 'payment_required',
  });
  expect(await running(who)).toEqual([]);
});
