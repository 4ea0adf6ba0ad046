import { World } from '../world.js';

/** DELETE of a customer, as callers see it; what is erased is tested where that is done. */

let world: World;
let generous: World;

beforeAll(async () => {
  world = await World.start();
  generous = await World.start({ defaultPlan: 'free' });
}, 60_000);

afterAll(async () => {
  await world?.stop();
  await generous?.stop();
});

const remove = (id: string, of = world) => of.ask('DELETE', `/v1/customers/${id}`);
const read = (path: string) => world.ask('GET', path);
const sent = (customer: string, id: string, of = world) =>
  of.ask('POST', '/v1/events', { body: { id, customer, quantities: { images: 1 } } });
const keyOf = (customer: string, life = 1) => ({ mode: 'test', customer, life }) as const;

test('deleted: 204 without a body, then not_found, like one that never was', async () => {
  await world.customer('acme');
  const answer = await remove('acme');
  expect([answer.status, answer.body]).toEqual([204, { text: '' }]);
  expect(world.engine.deleted).toContainEqual(keyOf('acme'));
  for (const id of ['acme', 'nobody']) {
    const again = await remove(id);
    expect([again.status, again.body['code']]).toEqual([404, 'not_found']);
  }
});

test('what is awaited is said, and nothing is deleted', async () => {
  await world.customer('owing');
  world.engine.awaited = ['the last invoice', 'a credit note'];
  const { status, body } = await remove('owing');
  world.engine.awaited = [];
  expect([status, body['code'], body['retryable']]).toEqual([409, 'conflict', false]);
  expect(body['detail']).toBe(
    '"owing" can\'t be deleted yet. Awaited: the last invoice; a credit note.',
  );
  expect((await read('/v1/customers/owing')).status).toBe(200);
});

test('only a secret key deletes, and only in its own mode', async () => {
  await world.customer('kept');
  const ingest = await world.keyOf('test', 'ingest');
  const live = await world.keyOf('live', 'secret');
  const path = '/v1/customers/kept';
  expect((await world.ask('DELETE', path, { key: ingest })).status).toBe(403);
  expect((await world.ask('DELETE', path, { key: null })).status).toBe(401);
  expect((await world.ask('DELETE', path, { key: live })).status).toBe(404);
  expect((await read(path)).status).toBe(200);
});

test('while Temporal is away nothing is known: ask again', async () => {
  await world.customer('away');
  world.engine.away = true;
  const { status, body } = await remove('away');
  world.engine.away = false;
  expect([status, body['retryable']]).toEqual([503, true]);
});

test('while it goes: nobody knows it, PUT waits for its end, DELETE goes on', async () => {
  await world.customer('going');
  await sent('going', 'e1');
  await world.ledger.deletions.hide(keyOf('going'));
  for (const path of ['', '/alerts', '/users/u1', '/invoice-preview']) {
    expect((await read(`/v1/customers/going${path}`)).status).toBe(404);
  }
  expect((await sent('going', 'e2')).body['code']).toBe('unknown_customer');
  expect((await read('/v1/events/e1?customer=going')).status).toBe(404);
  expect((await read('/v1/events?customer=going')).body).toEqual({ data: [], nextCursor: null });
  const put = await world.ask('PUT', '/v1/customers/going', { body: { plan: 'free' } });
  expect([put.status, put.body['code']]).toEqual([409, 'conflict']);
  expect((await remove('going')).status).toBe(204);
});

test('of a deleted one: events and decisions unknown, invoices listed', async () => {
  await world.customer('gone');
  await sent('gone', 'e1');
  const asked = { customer: 'gone', user: 'u1', quantities: { input_tokens: 1 } };
  const reserved = await world.ask('POST', '/v1/reservations', { body: { id: 'r1', ...asked } });
  await remove('gone');
  expect((await sent('gone', 'e2')).body['code']).toBe('unknown_customer');
  const check = await world.ask('POST', '/v1/check', { body: asked });
  expect(check.body['code']).toBe('unknown_customer');
  const { token } = reserved.body;
  for (const end of ['commit', 'release']) {
    const ended = await world.ask('POST', `/v1/reservations/r1/${end}`, { body: { token } });
    expect([ended.status, ended.body['code']]).toEqual([404, 'unknown_customer']);
  }
  const listed = await read('/v1/customers/gone/invoices');
  expect([listed.status, listed.body]).toEqual([200, { data: [], nextCursor: null }]);
  expect((await read('/v1/customers')).body['data']).not.toContainEqual(
    expect.objectContaining({ id: 'gone' }),
  );
});

test('PUT makes a new life with a log of its own', async () => {
  await world.customer('back');
  await sent('back', 'e1');
  await remove('back');
  const made = await world.ask('PUT', '/v1/customers/back', { body: { plan: 'free' } });
  expect([made.status, made.body['name']]).toEqual([201, null]);
  expect((await sent('back', 'e1')).body['status']).toBe('recorded');
  expect((await world.ledger.log.entry(keyOf('back', 2), 'e1'))?.number).toBe(2);
  expect((await read('/v1/events?customer=back')).body['data']).toHaveLength(1);
  expect((await remove('back')).status).toBe(204);
  expect(world.engine.deleted).toContainEqual(keyOf('back', 2));
});

test('with a default plan who is unknown is made anew, once all is erased', async () => {
  await generous.customer('anew');
  await generous.ledger.deletions.hide(keyOf('anew'));
  expect((await sent('anew', 'e1', generous)).body['code']).toBe('unknown_customer');
  const asked = { body: { customer: 'anew', quantities: { images: 1 } } };
  const early = await generous.ask('POST', '/v1/check', asked);
  expect(early.body['code']).toBe('unknown_customer');
  await generous.ledger.deletions.finish(keyOf('anew'));
  expect((await sent('anew', 'e1', generous)).body['status']).toBe('recorded');
  expect((await generous.ledger.log.entry(keyOf('anew', 2), 'e1'))?.number).toBe(1);
});
