import { World } from '../world.js';
import { DECISION_PLANS } from './plans.js';
import { made, poster } from './scene.js';

/** Bad input is refused whole, every fault at once, and changes nothing. */

let world: World;

beforeAll(async () => {
  world = await World.start({ catalogue: DECISION_PLANS });
  await made(world, 'acme');
});

afterAll(() => world.stop());

const good = { customer: 'acme', quantities: { tokens: 1 } };

const of = (quantities: Record<string, number>) => ({ customer: 'acme', quantities });

const CASES: readonly (readonly [string, string, unknown, string, readonly string[]])[] = [
  ['reserve', 'reservations', {}, 'invalid_request', ['/customer', '/quantities']],
  [
    'every fault at once',
    'reservations',
    { id: 'a b', customer: '', user: 7, quantities: { tokens: 1.5 }, ttlMs: 999, more: 1 },
    'invalid_request',
    ['/customer', '/id', '/more', '/quantities/tokens', '/ttlMs', '/user'],
  ],
  ['ttl too long', 'reservations', { ...good, ttlMs: 86_400_001 }, 'invalid_request', ['/ttlMs']],
  ['negative', 'check', of({ tokens: -1 }), 'invalid_request', ['/quantities/tokens']],
  ['nothing asked', 'check', { customer: 'acme' }, 'invalid_request', ['']],
  ['both asked', 'check', { ...good, feature: 'sso' }, 'invalid_request', ['']],
  ['unknown meter', 'reservations', of({ nope: 1 }), 'unknown_meter', []],
  ['derived meter', 'check', of({ large: 1 }), 'unknown_meter', []],
  ['max meter', 'reservations', of({ seats: 1 }), 'invalid_request', ['/quantities/seats']],
  ['unknown customer', 'reservations', { ...good, customer: 'who' }, 'unknown_customer', []],
  ['nobody named', 'reservations/r/commit', {}, 'invalid_request', ['']],
  ['bad token', 'reservations/r/commit', { token: 'x' }, 'invalid_request', ['/token']],
  ['unknown used', 'reservations/r/commit', of({ nope: 1 }), 'unknown_meter', []],
  ['never seen', 'reservations/r/release', { customer: 'acme' }, 'not_found', []],
];

test.each(CASES)('%s', async (_name, path, body, code, pointers) => {
  const before = await world.entries('acme');
  const reply = await poster(world)(path, body);
  expect(reply.body['code']).toBe(code);
  const errors = (reply.body['errors'] ?? []) as readonly { readonly pointer: string }[];
  expect(errors.map(({ pointer }) => pointer).sort()).toEqual([...pointers]);
  expect(await world.entries('acme')).toBe(before);
});

test("a token of another reservation, customer or mode is refused", async () => {
  const post = poster(world);
  const { body } = await post('reservations', good);
  const { token } = body;
  const wrong = await post('reservations/other/commit', { token });
  expect(wrong.body['code']).toBe('invalid_request');
  const path = `/v1/reservations/${String(body['id'])}/commit`;
  const customer = await world.ask('POST', path, { body: { token, customer: 'who' } });
  expect(customer.body['code']).toBe('invalid_request');
  const key = await world.keyOf('live', 'secret');
  const live = await world.ask('POST', path, { key, body: { token } });
  expect(live.status).toBe(400);
  const right = await world.ask('POST', path, { body: { token } });
  expect(right.status).toBe(200);
});
