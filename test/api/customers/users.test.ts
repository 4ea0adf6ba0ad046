import type { World } from '../world.js';
import { decision, join, startOperated, use } from './operator.js';

/** GET of one end user is exact. */

let world: World;

beforeAll(async () => {
  world = await startOperated();
});

afterAll(() => world.stop());

const KEY = { mode: 'test', customer: 'acme', life: 1 } as const;

const get = (customer: string, user: string) =>
  world.ask('GET', `/v1/customers/${customer}/users/${encodeURIComponent(user)}`);

test('its own usage by every meter, and its own limits, with all that is durable', async () => {
  await join(world, 'acme', 'team');
  const event = (id: string, user: string | undefined, tokens: number, model = 'small') =>
    use(world, {
      id,
      customer: 'acme',
      user,
      quantities: { input_tokens: tokens, images: 1 },
      properties: { model },
    });
  await event('a', 'a+b@x.io', 30);
  await event('b', 'a+b@x.io', 10, 'large');
  await event('c', 'other', 5);
  await event('d', undefined, 2);
  await use(world, {
    id: 'e',
    customer: 'acme',
    user: 'a+b@x.io',
    quantities: { input_tokens: 99 },
    cacheHit: true,
  });
  const { status, body } = await get('acme', 'a+b@x.io');
  expect([status, body['user']]).toEqual([200, 'a+b@x.io']);
  expect(body['usage']).toMatchObject({
    input_tokens: { quantity: 40, held: 0 },
    output_tokens: { quantity: 0, held: 0 },
    images: { quantity: 2 },
    tokens: { quantity: 40 },
    large: { quantity: 10 },
    requests: { quantity: 2 },
  });
  expect(body['limits']).toMatchObject([
    { id: 'user', scope: 'user', key: 'a+b@x.io', max: 100, used: 40, held: 0, remaining: 60 },
  ]);
  const without = await get('acme', 'null');
  expect(without.body).toMatchObject({ user: null, usage: { tokens: { quantity: 2 } } });
});

test('what its reservations hold, and its own ceiling', async () => {
  const path = '/v1/customers/acme/limits/user/other';
  await world.ask('PUT', path, { body: { max: 20 } });
  expect(await decision(world, 'acme', 7, { user: 'other' })).toBe('granted');
  const { body } = await get('acme', 'other');
  expect(body).toMatchObject({
    usage: { tokens: { quantity: 5, held: 7 } },
    limits: [{ max: 20, used: 5, held: 7, remaining: 8 }],
  });
  expect((await get('acme', 'a+b@x.io')).body).toMatchObject({ usage: { tokens: { held: 0 } } });
});

test('a void takes back what the user had', async () => {
  const reason = { customer: 'acme', reason: 'refund' };
  await world.ask('POST', '/v1/events/b/void', { body: reason });
  expect((await get('acme', 'a+b@x.io')).body).toMatchObject({
    usage: { tokens: { quantity: 30 }, large: { quantity: 0 }, requests: { quantity: 1 } },
    limits: [{ used: 30 }],
  });
});

test('the users add up to the customer', async () => {
  const users = await Promise.all(['a+b@x.io', 'other', 'null'].map((user) => get('acme', user)));
  const of = (body: unknown, meter: string) => {
    const { usage } = body as { usage: Record<string, { quantity: number }> };
    return Number(usage[meter]?.quantity);
  };
  const { body } = await world.ask('GET', '/v1/customers/acme');
  for (const meter of ['tokens', 'images', 'requests', 'large']) {
    const sum = users.reduce((total, user) => total + of(user.body, meter), 0);
    expect([meter, sum]).toEqual([meter, of(body, meter)]);
  }
  expect(of(body, 'tokens')).toBe(37);
});

test('usage dated before the first period counts at its start', async () => {
  const anonymous = await startOperated({ defaultPlan: 'team' });
  try {
    const event = { customer: 'new', user: 'u', quantities: { input_tokens: 3 } };
    const timestamp = new Date(Date.now() - 3_600_000).toISOString();
    await use(anonymous, { id: 'e', ...event, timestamp });
    await use(anonymous, { id: 'f', ...event });
    const [user, customer] = await Promise.all(
      ['/users/u', ''].map((path) => anonymous.ask('GET', `/v1/customers/new${path}`)),
    );
    expect(customer?.body).toMatchObject({ usage: { tokens: { quantity: 6 } } });
    expect(user?.body).toMatchObject({ usage: { tokens: { quantity: 6 } }, limits: [{ used: 6 }] });
  } finally {
    await anonymous.stop();
  }
});

test('a user nobody has heard of has zeros; an unknown customer is not found', async () => {
  const { status, body } = await get('acme', 'new');
  expect([status, body['user']]).toEqual([200, 'new']);
  expect(body['usage']).toMatchObject({ tokens: { quantity: 0, held: 0 } });
  expect(body['limits']).toMatchObject([{ used: 0, remaining: 100 }]);
  expect((await get('nobody', 'u')).status).toBe(404);
  expect(await world.ledger.log.head({ ...KEY, customer: 'nobody' })).toBe(0);
});
