import { World } from '../world.js';
import { secondInstance, type Instance } from './instance.js';
import { DECISION_PLANS } from './plans.js';
import { made, poster, type Post } from './scene.js';

/** What is not ended in time comes back; settled later it is taken again or written off. */

let world: World;
let other: Instance;
let post: Post;

beforeAll(async () => {
  world = await World.start({ catalogue: DECISION_PLANS });
  other = await secondInstance(world);
  post = poster(world);
});

afterAll(async () => {
  await other.stop();
  await world.stop();
});

const MINUTE_MS = 60_000;

/** Reserves, and lets more time pass than it lives. */
async function expired(customer: string, tokens: number, id?: string): Promise<string> {
  const asked = { customer, quantities: { tokens }, ttlMs: 1000, ...(id ? { id } : {}) };
  const { body } = await post('reservations', asked);
  await pass(customer, MINUTE_MS);
  return `reservations/${String(body['id'])}`;
}

async function pass(customer: string, ms: number): Promise<void> {
  const { body } = await world.ask('GET', `/v1/customers/${customer}`);
  const to = new Date(Date.parse(String(body['now'])) + ms).toISOString();
  const { status } = await post('test/clock', { customer, to });
  if (status !== 200) throw new Error(`the clock answered ${status}`);
  await world.engine.pass({ mode: 'test', customer, life: 1 });
}

const usage = async (customer: string): Promise<unknown> => {
  const { body } = await world.ask('GET', `/v1/customers/${customer}`);
  return (body['usage'] as Record<string, unknown>)['tokens'];
};

const seen = async (customer: string, path: string): Promise<unknown> => {
  const { status, body } = await world.ask('GET', `/v1/${path}?customer=${customer}`);
  return [status, body['status'] === status ? body['code'] : body['status']];
};

test('a hold past its end returns, and shows as expired', async () => {
  await made(world, 'returns');
  const path = await expired('returns', 400);
  expect(await usage('returns')).toEqual({ quantity: 0, held: 0 });
  expect(await seen('returns', path)).toEqual([200, 'expired']);
});

test('a commit after expiry takes it again where it fits, at any process', async () => {
  await made(world, 'again');
  const path = await expired('again', 400);
  const asked = { customer: 'again', quantities: { tokens: 350 } };
  const first = await other.post(`${path}/commit`, asked);
  expect(first.body).toMatchObject({ committed: { tokens: 350 }, writeOff: null });
  expect((await post(`${path}/commit`, asked)).body).toMatchObject({ committed: { tokens: 350 } });
  expect(await usage('again')).toEqual({ quantity: 350, held: 0 });
  expect(await seen('again', path)).toEqual([200, 'committed']);
});

test('a commit after expiry that no longer fits is written off, all of it', async () => {
  await made(world, 'late');
  const path = await expired('late', 400);
  const { status } = await post('reservations', { customer: 'late', quantities: { tokens: 300 } });
  expect(status).toBe(201);
  const late = await post(`${path}/commit`, { customer: 'late', quantities: { tokens: 350 } });
  expect(late.body).toMatchObject({
    status: 'committed',
    committed: {},
    writeOff: { tokens: 350 },
  });
  expect(await usage('late')).toEqual({ quantity: 0, held: 300 });
});

test('a release after expiry says so, and an extension is refused', async () => {
  await made(world, 'over');
  const path = await expired('over', 400);
  const released = await post(`${path}/release`, { customer: 'over' });
  expect([released.status, released.body['status']]).toEqual([200, 'expired']);
  const longer = await post(`${path}/extend`, { customer: 'over', ttlMs: 5000 });
  expect([longer.status, longer.body['code']]).toEqual([409, 'conflict']);
});

test('the same id asked again after its expiry is answered as expired', async () => {
  await made(world, 'same');
  await expired('same', 400, 'job-1');
  const asked = { id: 'job-1', customer: 'same', quantities: { tokens: 400 }, ttlMs: 1000 };
  const again = await post('reservations', asked);
  expect([again.status, again.body['status']]).toEqual([201, 'expired']);
  const changed = await post('reservations', { ...asked, ttlMs: 2000 });
  expect(changed.body['code']).toBe('conflict');
  expect(await usage('same')).toEqual({ quantity: 0, held: 0 });
});

test('what was extended at another process is committed as extended', async () => {
  await made(world, 'grown');
  for (const used of [{}, { quantities: { tokens: 240 } }]) {
    const { body } = await post('reservations', { customer: 'grown', quantities: { tokens: 10 } });
    const path = `reservations/${String(body['id'])}`;
    const wanted = { customer: 'grown', quantities: { tokens: 250 } };
    await other.post(`${path}/extend`, wanted);
    const end = await post(`${path}/commit`, { customer: 'grown', ...used });
    const committed = used.quantities ?? wanted.quantities;
    expect(end.body).toMatchObject({ committed, writeOff: null });
  }
  expect(await usage('grown')).toEqual({ quantity: 490, held: 0 });
});

test('an extension lives on and holds more; it is found by list and by id', async () => {
  await made(world, 'longer');
  const asked = { customer: 'longer', quantities: { tokens: 100 }, ttlMs: 30_000 };
  const { body } = await post('reservations', asked);
  const path = `reservations/${String(body['id'])}`;
  const wanted = { customer: 'longer', ttlMs: 600_000, quantities: { tokens: 150 } };
  const extended = await other.post(`${path}/extend`, wanted);
  expect(extended).toMatchObject({ status: 200, body: { quantities: { tokens: 150 } } });
  await pass('longer', 2 * MINUTE_MS);
  expect(await usage('longer')).toEqual({ quantity: 0, held: 150 });
  expect(await seen('longer', path)).toEqual([200, 'held']);
  const list = await world.ask('GET', '/v1/reservations?customer=longer&status=held');
  expect(list.body['data']).toMatchObject([{ id: body['id'], quantities: { tokens: 150 } }]);
  const more = await post(`${path}/extend`, { customer: 'longer', quantities: { tokens: 900 } });
  expect([more.status, more.body['code']]).toEqual([402, 'limit_reached']);
});
