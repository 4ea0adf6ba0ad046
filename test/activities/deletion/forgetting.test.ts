import { createForgettingActivities } from '../../../activities/deletion/forgetting.js';
import { accountName } from '../../../activities/stripe/account.js';
import type { StripeClients } from '../../../activities/stripe/client.js';
import type Stripe from 'stripe';
import type { EnsureStore } from '../../../ledger/stores/contract.js';
import { newKey, startWorld, type World } from '../stripe/world.js';

/** Name and address of a deleted customer at Stripe: ours are emptied, others' are left alone. */

let world: World;

beforeAll(async () => {
  world = await startWorld();
}, 60_000);

afterAll(() => world?.stop(), 30_000);

const NOBODY: StripeClients = { test: null, live: null };

function forgetting(stripe: StripeClients = { test: world.stripe, live: null }) {
  return createForgettingActivities({ ledger: world.ledger, stripe, now: world.now });
}

const shown = async (id: string) => {
  const { name, email } = (await world.stripe.customers.retrieve(id)) as Stripe.Customer;
  return [name, email];
};

it('empties a customer that was made for it, once, however often it is asked', async () => {
  const { key, stripe } = await world.subscriber();
  expect(await shown(stripe.customer)).toEqual(['Acme', 'a@example.com']);
  await forgetting().forgetAtStripe({ key });
  expect(await shown(stripe.customer)).toEqual([null, null]);
  await world.stripe.customers.update(stripe.customer, { name: 'Somebody else' });
  await forgetting().forgetAtStripe({ key });
  expect(await shown(stripe.customer)).toEqual(['Somebody else', null]);
});

it('leaves a customer that others made alone, and needs no key for one without any', async () => {
  const linked = await world.stripe.customers.create({ name: 'Linked', email: 'l@x.io' });
  const key = newKey();
  await world.ledger.claims.claim(`stripe/test/${linked.id}`, {
    customer: key.customer,
    request: 1,
  });
  await forgetting().forgetAtStripe({ key });
  await forgetting(NOBODY).forgetAtStripe({ key });
  expect(await shown(linked.id)).toEqual(['Linked', 'l@x.io']);
});

it('finds one whose making was never answered, under its test clock', async () => {
  const key = newKey();
  const { ensures } = world.ledger;
  await world.acts.subscribe(world.subscribeInput(key));
  const made = await ensures.find(accountName(key));
  const find: EnsureStore['find'] = async (name) => {
    const row = await ensures.find(name);
    return row && name === accountName(key) ? { ...row, object: null } : row;
  };
  const forgetful: EnsureStore = {
    find,
    begin: (name, nowMs) => ensures.begin(name, nowMs),
    done: (name, object) => ensures.done(name, object),
    reply5xx: (name) => ensures.reply5xx(name),
  };
  const ledger = { ...world.ledger, ensures: forgetful };
  const stripe = { test: world.stripe, live: null };
  await createForgettingActivities({ ledger, stripe }).forgetAtStripe({ key });
  expect(await shown(made?.object ?? '')).toEqual([null, null]);
});

it('is done where others have deleted the customer there', async () => {
  const { key, stripe } = await world.subscriber();
  await world.stripe.customers.del(stripe.customer);
  await expect(forgetting().forgetAtStripe({ key })).resolves.toBeUndefined();
});

it('waits for Stripe where the customer was made there and no key is set', async () => {
  const { key } = await world.subscriber();
  await expect(forgetting(NOBODY).forgetAtStripe({ key })).rejects.toMatchObject({
    type: 'stripe_key',
  });
});
