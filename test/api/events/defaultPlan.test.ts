import { setTimeout as wait } from 'node:timers/promises';
import { World, type Reply } from '../world.js';

/** DURABILL_DEFAULT_PLAN: the first event makes its customer. */

let world: World;

beforeAll(async () => {
  world = await World.start({ defaultPlan: 'free' });
});

afterAll(() => world.stop());

const send = (id: string, customer: string): Promise<Reply> =>
  world.ask('POST', '/v1/events', { body: { id, customer, quantities: { input_tokens: 5 } } });

test('a customer nobody made is made by its first event, and a read includes it', async () => {
  expect((await send('e1', 'fresh')).body).toEqual({ id: 'e1', status: 'recorded' });
  const { status, body } = await world.ask('GET', '/v1/customers/fresh');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    plan: { id: 'free', version: 1 },
    status: 'active',
    usage: { tokens: { quantity: 5 } },
  });
});

test('many first events at once make one customer', async () => {
  const sent = await Promise.all(Array.from({ length: 20 }, (_, at) => send(`r${at}`, 'rush')));
  expect(sent.filter(({ body }) => body['status'] === 'recorded')).toHaveLength(20);
  const { body } = await world.ask('GET', '/v1/customers/rush');
  expect(body).toMatchObject({ usage: { tokens: { quantity: 100 } } });
  expect(await world.entries('rush')).toBe(21);
});

test('PUT and a first event at once end on the plan that PUT asked for', async () => {
  const put = world.ask('PUT', '/v1/customers/both', { body: { plan: 'free', name: 'B' } });
  const [made, sent] = await Promise.all([put, send('e1', 'both')]);
  expect([200, 201]).toContain(made.status);
  expect(sent.body).toMatchObject({ status: 'recorded' });
  const { body } = await world.ask('GET', '/v1/customers/both');
  expect(body).toMatchObject({ name: 'B', usage: { tokens: { quantity: 5 } } });
});

test('a customer whose priced plan failed is made on the default plan by its events', async () => {
  world.engine.stripe = 'unavailable';
  const refused = await world.ask('PUT', '/v1/customers/failed', { body: { plan: 'pro' } });
  expect(refused.status).toBe(503);
  await send('e1', 'failed');
  const overMs = Date.now() + 10_000;
  let read = await world.ask('GET', '/v1/customers/failed');
  while (read.status === 404 && Date.now() < overMs) {
    await wait(50);
    read = await world.ask('GET', '/v1/customers/failed');
  }
  expect(read.body).toMatchObject({ plan: { id: 'free' }, usage: { tokens: { quantity: 5 } } });
});

test('PUT without a plan takes the default one', async () => {
  const made = await world.ask('PUT', '/v1/customers/plain', { body: {} });
  expect([made.status, made.body['plan']]).toEqual([201, { id: 'free', version: 1 }]);
});
