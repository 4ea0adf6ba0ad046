import { World } from './world.js';

/** Every route against every kind of key; every answer says who it was. */

let world: World;
const keys: Record<string, string> = {};

beforeAll(async () => {
  world = await World.start();
  await world.customer('acme');
  keys['secret'] = world.key;
  keys['ingest'] = await world.keyOf('test', 'ingest');
  keys['publishable'] = await world.keyOf('test', 'publishable');
});

afterAll(() => world.stop());

/** Who may call what, by what the operation itself declares. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  public: ['none', 'secret', 'ingest', 'publishable'],
  optional: ['none', 'secret', 'ingest', 'publishable'],
  ingest: ['secret', 'ingest'],
  secret: ['secret'],
};

test('each route lets in exactly the scopes it declares', async () => {
  expect(world.api.operations.length).toBeGreaterThan(15);
  for (const operation of world.api.operations) {
    const path = operation.path.replace('{id}', 'acme').replace('{code}', 'conflict');
    for (const who of ['none', 'secret', 'ingest', 'publishable']) {
      const { status } = await world.ask(operation.method.toUpperCase(), path, {
        key: keys[who] ?? null,
        body: operation.method === 'get' ? undefined : {},
      });
      const expected = MAY[operation.access]?.includes(who) ? 'in' : who === 'none' ? 401 : 403;
      const seen = status === 401 || status === 403 ? status : 'in';
      expect(`${operation.name} ${who} ${seen}`).toBe(`${operation.name} ${who} ${expected}`);
    }
  }
});

test('ingest alone is open to ingest keys, and the clock to test mode alone', async () => {
  const ingest = world.api.operations.filter(({ access }) => access === 'ingest');
  expect(ingest.map(({ name }) => name)).toEqual([
    'sendEvents',
    'check',
    'reserve',
    'commitReservation',
    'releaseReservation',
    'extendReservation',
    'grantLease',
    'returnLease',
  ]);
  const live = await world.keyOf('live', 'secret');
  const body = { customer: 'acme', to: 'periodEnd' };
  const moved = await world.ask('POST', '/v1/test/clock', { key: live, body });
  expect([moved.status, moved.body['code']]).toEqual([403, 'forbidden']);
});

test('a revoked key is refused within five seconds', async () => {
  const { key, secret } = await world.ledger.keys.create('test', 'secret');
  const ask = () => world.ask('GET', '/v1/customers', { key: secret });
  expect((await ask()).status).toBe(200);
  await world.ledger.keys.revoke(key.id);
  const untilMs = Date.now() + 6000;
  let status = 200;
  while (status === 200 && Date.now() < untilMs) status = (await ask()).status;
  expect(status).toBe(401);
});

test('unknown paths and methods say so, with a request id', async () => {
  const nowhere = await world.ask('GET', '/v1/nowhere');
  expect([nowhere.status, nowhere.body['code']]).toEqual([404, 'not_found']);
  const method = await world.ask('PATCH', '/v1/customers/acme');
  expect([method.status, method.headers.get('allow')]).toEqual([405, 'PUT, GET, DELETE']);
  const named = await world.ask('GET', '/healthz', { headers: { 'Request-Id': 'mine-1' } });
  expect(named.headers.get('request-id')).toBe('mine-1');
  const forged = await world.ask('GET', '/healthz', { headers: { 'Request-Id': 'a b<' } });
  expect(forged.headers.get('request-id')).toMatch(/^req_/);
  expect((await world.ask('GET', '/v1/customers/%ZZ')).status).toBe(400);
});
