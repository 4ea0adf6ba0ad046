import { World } from '../world.js';

/** What a PUT may name of Stripe's; what can't be is refused before or after Stripe is asked. */

let world: World;

beforeAll(async () => {
  world = await World.start();
});

afterAll(() => world.stop());

const put = (id: string, body: unknown) => world.ask('PUT', `/v1/customers/${id}`, { body });

test('a subscription needs a plan with prices and has its anchor: all faults at once', async () => {
  const anchor = '2026-01-01T00:00:00Z';
  const asked = { plan: 'free', anchor, stripeSubscriptionId: 'sub_1' };
  const { status, body } = await put('faulty', asked);
  expect([status, body['code']]).toEqual([400, 'invalid_request']);
  const errors = body['errors'] as { readonly pointer: string }[];
  const pointers = errors.map(({ pointer }) => pointer);
  expect(pointers).toEqual(['/anchor', '/plan']);
  expect(await world.entries('faulty')).toBe(0);
});

test('a known customer without a plan that has prices is told to name one', async () => {
  await put('known', { plan: 'free' });
  const entries = await world.entries('known');
  const { status, body } = await put('known', { stripeSubscriptionId: 'sub_1' });
  expect([status, body['detail']]).toEqual([400, 'free@1 bills nothing: name one with prices.']);
  expect(await world.entries('known')).toBe(entries);
});

test('where Stripe is away nothing is made, and nothing else of the request is taken', async () => {
  world.engine.stripe = 'unavailable';
  const made = await put('away', { plan: 'pro', stripeSubscriptionId: 'sub_1' });
  expect(made.status).toBe(503);
  expect((await world.ask('GET', '/v1/customers/away')).status).toBe(404);
  await put('named', { plan: 'free', name: 'Before' });
  const asked = { name: 'After', stripeCustomerId: 'cus_1' };
  expect((await put('named', asked)).status).toBe(503);
  expect((await world.ask('GET', '/v1/customers/named')).body).toMatchObject({
    name: 'Before',
    stripe: null,
    paused: null,
  });
});

test('what looks like no id of Stripe is refused', async () => {
  const { status, body } = await put('odd', { plan: 'free', stripeCustomerId: 'acct_1' });
  expect([status, body['code']]).toEqual([400, 'invalid_request']);
});

test('who has left names a plan to come back on', async () => {
  await put('left', { plan: 'free' });
  const canceled = await world.ask('POST', '/v1/customers/left/cancel', { body: { when: 'now' } });
  expect(canceled.status).toBe(200);
  const { status, body } = await put('left', { stripeCustomerId: 'cus_1' });
  expect([status, body['code']]).toEqual([409, 'conflict']);
});
