import { World } from '../world.js';
import { DECISION_PLANS } from './plans.js';
import { made, poster, type Post } from './scene.js';

/** What decisions answer: checks, denials with their headers, faults, customers made by them. */

let world: World;
let post: Post;

beforeAll(async () => {
  world = await World.start({ catalogue: DECISION_PLANS, defaultPlan: 'capped' });
  post = poster(world);
});

afterAll(() => world.stop());

test('a check holds nothing and its denial is the problem that a reservation gets', async () => {
  await made(world, 'checked');
  const fits = await post('check', { customer: 'checked', quantities: { tokens: 500, images: 0 } });
  expect(fits.body).toMatchObject({ allowed: false, denial: { code: 'not_in_plan' } });
  const asked = { customer: 'checked', quantities: { tokens: 501 } };
  const check = await post('check', asked);
  const { status, headers, body } = await post('reservations', asked);
  const { denial } = check.body as { readonly denial: Record<string, unknown> };
  expect([check.status, check.body['allowed'], status]).toEqual([200, false, 402]);
  expect({ ...denial, instance: '' }).toEqual({ ...body, instance: '' });
  expect(body).toEqual({
    type: `${world.origin}/errors/limit_reached`,
    title: 'Limit reached',
    status: 402,
    code: 'limit_reached',
    instance: headers.get('request-id'),
    retryable: false,
    detail: expect.stringContaining('501 were asked for') as string,
    message: expect.stringContaining('500 tokens') as string,
    action: 'upgrade',
    limits: [
      {
        id: 'cap',
        scope: 'customer',
        key: null,
        max: 500,
        used: 0,
        held: 0,
        remaining: 500,
        enforcement: 'hard',
        resetsAt: expect.stringMatching(/Z$/) as string,
      },
    ],
  });
  expect(headers.get('ratelimit-policy')).toBe('"cap";q=500');
  expect(headers.get('ratelimit')).toMatch(/^"cap";r=500;t=\d+$/);
});

test('a check of zero is allowed, with limits, features and what it would cost', async () => {
  await made(world, 'zero');
  const { body, headers } = await post('check', { customer: 'zero', quantities: { tokens: 0 } });
  expect(body).toMatchObject({
    allowed: true,
    denial: null,
    limits: [{ id: 'cap', remaining: 500 }],
    features: { sso: true, seats: 5 },
    estimate: { amountMinor: '0', credits: '0' },
  });
  expect(headers.get('ratelimit-policy')).toBe('"cap";q=500');
});

test.each([
  ['sso', true],
  ['seats', true],
  ['models', true],
  ['exports', false],
  ['none', false],
  ['empty', false],
  ['unheard', false],
  ['toString', false],
])('the feature %s is allowed: %s', async (feature, allowed) => {
  const { body } = await post('check', { customer: 'features', feature });
  expect(body['allowed']).toBe(allowed);
  if (!allowed) expect(body['denial']).toMatchObject({ code: 'not_in_plan', status: 402 });
});

test('a rate limit says when there is more', async () => {
  await made(world, 'fast', 'rated');
  const asked = { customer: 'fast', user: 'u', quantities: { tokens: 1 } };
  for (let request = 0; request < 3; request += 1) {
    const { body } = await post('reservations', asked);
    await post(`reservations/${String(body['id'])}/commit`, { customer: 'fast' });
  }
  const { status, body, headers } = await post('reservations', asked);
  expect([status, body['code'], body['retryable']]).toEqual([429, 'rate_limited', true]);
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(65);
  expect(headers.get('ratelimit-policy')).toBe('"rate";q=3');
});

test("a commit's own properties decide what it counts in", async () => {
  await made(world, 'class', 'models');
  const grant = async (tokens: number): Promise<string> => {
    const asked = { customer: 'class', quantities: { tokens }, properties: { model: 'small' } };
    const { body } = await post('reservations', asked);
    return `reservations/${String(body['id'])}/commit`;
  };
  const properties = { model: 'large' };
  const fits = await post(await grant(80), { customer: 'class', properties });
  expect(fits.body).toMatchObject({ committed: { tokens: 80 }, writeOff: null });
  const beyond = await post(await grant(80), { customer: 'class', properties });
  expect(beyond.body).toMatchObject({ committed: {}, writeOff: { tokens: 80 } });
  const { body } = await world.ask('GET', '/v1/customers/class');
  expect(body['usage']).toMatchObject({ tokens: { quantity: 80, held: 0 } });
});

test('an unknown customer is made by its first decisions, however many at once', async () => {
  const asked = { customer: 'stranger', quantities: { tokens: 75 } };
  const replies = await Promise.all(
    Array.from({ length: 8 }, () => post('reservations', asked)),
  );
  expect(replies.filter(({ status }) => status === 201)).toHaveLength(6);
  const { body } = await world.ask('GET', '/v1/customers/stranger');
  expect(body).toMatchObject({ plan: { id: 'capped' }, usage: { tokens: { held: 450 } } });
});

test('keys of scope ingest may decide, and read nothing', async () => {
  const key = await world.keyOf('test', 'ingest');
  const body = { customer: 'ingested', quantities: { tokens: 1 } };
  const granted = await world.ask('POST', '/v1/reservations', { key, body });
  expect(granted.status).toBe(201);
  const path = `/v1/reservations/${String(granted.body['id'])}`;
  const read = await world.ask('GET', `${path}?customer=ingested`, { key });
  expect(read.status).toBe(403);
  const whose = { key, body: { customer: 'ingested' } };
  expect((await world.ask('POST', `${path}/extend`, whose)).status).toBe(200);
  expect((await world.ask('POST', `${path}/release`, whose)).status).toBe(200);
  expect((await world.ask('POST', '/v1/check', { key, body })).status).toBe(200);
});

test('an Idempotency-Key repeats the grant; a body id goes before it', async () => {
  const headers = { 'Idempotency-Key': 'one' };
  const body = { customer: 'keyed', quantities: { tokens: 10 } };
  const first = await world.ask('POST', '/v1/reservations', { body, headers });
  const again = await world.ask('POST', '/v1/reservations', { body, headers });
  expect(again.body).toEqual(first.body);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  const named = { ...body, id: 'own' };
  const own = await world.ask('POST', '/v1/reservations', { body: named, headers });
  expect(own).toMatchObject({ status: 201, body: { id: 'own' } });
});

test('Temporal away: nothing is granted, 503 with Retry-After; settles still stand', async () => {
  await made(world, 'away');
  const { body } = await post('reservations', { customer: 'away', quantities: { tokens: 10 } });
  world.engine.away = true;
  const denied = await post('reservations', { customer: 'away', quantities: { tokens: 10 } });
  const path = `reservations/${String(body['id'])}/commit`;
  const settled = await post(path, { customer: 'away', quantities: { tokens: 5 } });
  world.engine.away = false;
  expect([denied.status, denied.body['code']]).toEqual([503, 'unavailable']);
  expect(Number(denied.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(settled).toMatchObject({ status: 200, body: { committed: { tokens: 5 } } });
});

test('a frozen customer is refused with the reason and since when', async () => {
  await made(world, 'frozen');
  const path = '/v1/customers/frozen/controls';
  const patched = await world.ask('PATCH', path, { body: { frozen: true, reason: 'a test' } });
  expect(patched.status).toBe(200);
  const asked = { customer: 'frozen', quantities: { tokens: 1 } };
  const { status, body } = await post('reservations', asked);
  expect([status, body['code'], body['action']]).toEqual([403, 'customer_frozen', 'contact']);
  const since = expect.stringMatching(/^\d{4}-.*Z$/) as string;
  expect(body['frozen']).toEqual({ reason: 'a test', since });
  expect(body['limits']).toEqual([]);
});
