import { setTimeout as wait } from 'node:timers/promises';
import { World, type Reply } from '../world.js';
import { secondInstance, type Instance } from './instance.js';
import { DECISION_PLANS } from './plans.js';
import { made, poster, type Post } from './scene.js';

/** Reservations out of leases end like any other, at any process. */

let world: World;
let other: Instance;
let post: Post;

beforeAll(async () => {
  const { capped } = DECISION_PLANS.plans;
  const wide = capped?.limits?.map((limit) => ({ ...limit, max: 1_000_000 }));
  world = await World.start({
    catalogue: { ...DECISION_PLANS, plans: { wide: { ...capped!, limits: wide ?? [] } } },
    leaseMode: 'always',
  });
  other = await secondInstance(world);
  post = poster(world);
});

afterAll(async () => {
  await other.stop();
  await world.stop();
});

/** Asks until a lease is at hand and a reservation comes out of it without an Update. */
async function leased(customer: string): Promise<Reply['body']> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const before = world.engine.decided.length;
    const { body } = await post('reservations', { customer, quantities: { tokens: 10 } });
    if (world.engine.decided.length === before) return body;
    await post(`reservations/${String(body['id'])}/release`, { customer });
    await wait(20);
  }
  throw new Error('no lease within 50 asks');
}

const seen = async (customer: string, id: unknown): Promise<unknown> => {
  const { body } = await world.ask('GET', `/v1/reservations/${String(id)}?customer=${customer}`);
  return body['status'];
};

test('by its id alone it is read, committed and refused a release at another process', async () => {
  await made(world, 'far', 'wide');
  const { id } = await leased('far');
  expect(await seen('far', id)).toBe('held');
  const commit = await other.post(`reservations/${String(id)}/commit`, { customer: 'far' });
  expect(commit).toMatchObject({ status: 200, body: { committed: { tokens: 10 } } });
  const release = await post(`reservations/${String(id)}/release`, { customer: 'far' });
  expect(release.body['code']).toBe('reservation_committed');
  expect(await seen('far', id)).toBe('committed');
});

test('an extension gives it a hold of its own: it is used, and counted once', async () => {
  await made(world, 'long', 'wide');
  const { id } = await leased('long');
  const path = `reservations/${String(id)}`;
  const wanted = { customer: 'long', ttlMs: 3_600_000, quantities: { tokens: 30 } };
  const extended = await post(`${path}/extend`, wanted);
  expect(extended).toMatchObject({ status: 200, body: { id, quantities: { tokens: 30 } } });
  const { token } = extended.body;
  const commit = await other.post(`${path}/commit`, { token });
  expect(commit.body).toMatchObject({ committed: { tokens: 30 }, writeOff: null });
  const again = await post(`${path}/extend`, wanted);
  expect(again.body['code']).toBe('reservation_committed');
  const { body } = await world.ask('GET', '/v1/customers/long');
  expect(body['usage']).toMatchObject({ tokens: { quantity: 30 } });
});

test('leases stand in the list of what is held, one row each', async () => {
  await made(world, 'rows', 'wide');
  await leased('rows');
  const { body } = await world.ask('GET', '/v1/reservations?customer=rows&status=held');
  const rows = body['data'] as readonly Record<string, unknown>[];
  expect(rows.some((row) => typeof row['lease'] === 'string')).toBe(true);
});
