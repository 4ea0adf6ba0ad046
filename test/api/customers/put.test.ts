import { World } from '../world.js';

/** PUT of a customer: safe at each login, writes only what changes. */

let world: World;

beforeAll(async () => {
  world = await World.start();
});

afterAll(() => world.stop());

const put = (id: string, body: unknown) => world.ask('PUT', `/v1/customers/${id}`, { body });

test('first 201, then 200, and a PUT that changes nothing writes nothing', async () => {
  const first = await put('acme', { plan: 'free', name: 'Acme', metadata: { crm: '7' } });
  expect(first.status).toBe(201);
  expect(first.body).toMatchObject({
    id: 'acme',
    plan: { id: 'free', version: 1 },
    status: 'active',
    name: 'Acme',
    period: { index: 0 },
    stripe: null,
    spend: null,
  });
  const entries = await world.entries('acme');
  for (const body of [{}, { plan: 'free' }, { plan: 'free@1', name: 'Acme' }]) {
    expect((await put('acme', body)).status).toBe(200);
  }
  expect(await world.entries('acme')).toBe(entries);
});

test('omitted fields stay, null empties one', async () => {
  await put('fields', { plan: 'free', name: 'F', email: 'f@x.io', timezone: 'Europe/Berlin' });
  const changed = await put('fields', { email: null, timezone: null });
  expect(changed.body).toMatchObject({ name: 'F', email: null, timezone: 'UTC' });
  expect((await world.ask('GET', '/v1/customers/fields')).body).toMatchObject({ name: 'F' });
});

test.each([
  ['no plan', {}, '/plan'],
  ['an unknown plan', { plan: 'gold' }, '/plan'],
  ['an unknown version', { plan: 'free@9' }, '/plan'],
  ['a plan that is no name', { plan: 'a b' }, '/plan'],
  ['an anchor between minutes', { plan: 'free', anchor: '2026-01-01T00:00:30Z' }, '/anchor'],
  ['a zone nobody knows', { plan: 'free', timezone: 'Mars/Base' }, '/timezone'],
  ['an offset as a zone', { plan: 'free', timezone: '+02:00' }, '/timezone'],
  ['an unknown field', { plan: 'free', tenantId: 'x' }, '/tenantId'],
  ['an object as a name', { plan: 'free', name: { $gt: '' } }, '/name'],
])('refused and nothing made: %s', async (_name, body, pointer) => {
  const answer = await put('refused', body);
  expect([answer.status, answer.body['code']]).toEqual([400, 'invalid_request']);
  expect(answer.body['errors']).toContainEqual(expect.objectContaining({ pointer }));
  expect((await world.ask('GET', '/v1/customers/refused')).status).toBe(404);
  expect(await world.entries('refused')).toBe(0);
});

test('several requests that make one customer at once make it once', async () => {
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => put('race', { plan: 'free', name: 'R' })),
  );
  const made = answers.filter(({ status }) => status === 201);
  const found = answers.filter(({ status }) => status === 200);
  expect([made.length, found.length]).toEqual([1, 7]);
  expect(await world.entries('race')).toBe(1);
});

test('Stripe away: 503, nothing made, and a later PUT makes it', async () => {
  world.engine.stripe = 'unavailable';
  const refused = await put('priced', { plan: 'pro' });
  expect([refused.status, refused.body['code']]).toEqual([503, 'unavailable']);
  expect((await world.ask('GET', '/v1/customers/priced')).status).toBe(404);
  const { body } = await world.ask('GET', '/v1/customers');
  const ids = (body['data'] as unknown as { id: string }[]).map(({ id }) => id);
  expect(ids).not.toContain('priced');
  expect((await put('priced', { plan: 'free' })).status).toBe(201);
});

test('a refused card changes nothing for who has a plan; a new one is incomplete', async () => {
  await put('card', { plan: 'free' });
  world.engine.stripe = 'payment_required';
  const refused = await put('card', { plan: 'pro' });
  expect([refused.status, refused.body['code']]).toEqual([402, 'payment_required']);
  expect((await put('card', {})).body).toMatchObject({ plan: { id: 'free' }, status: 'active' });
  const made = await put('newcomer', { plan: 'pro' });
  expect([made.status, made.body['status']]).toEqual([201, 'incomplete']);
  expect(made.body['period']).toBeNull();
});

test('usage of an incomplete customer is recorded and written off', async () => {
  world.engine.stripe = 'payment_required';
  await put('incomplete', { plan: 'pro' });
  const event = { id: 'w', customer: 'incomplete', quantities: { input_tokens: 3 } };
  const { body } = await world.ask('POST', '/v1/events', { body: event });
  expect(body).toMatchObject({ status: 'recorded', writeOff: { input_tokens: 3 } });
});

test('another plan that bills nothing is a change now', async () => {
  await put('mover', { plan: 'free' });
  const answer = await put('mover', { plan: 'hidden' });
  expect([answer.status, answer.body['plan']]).toEqual([200, { id: 'hidden', version: 1 }]);
});

test('the anchor is for the first time; the same one again changes nothing', async () => {
  const anchor = '2026-10-15T08:00:00Z';
  const made = await put('anchored', { plan: 'free', anchor });
  expect(made.body).toMatchObject({
    period: { start: '2026-10-15T08:00:00.000Z', end: '2026-11-15T08:00:00.000Z', index: 0 },
  });
  expect((await put('anchored', { plan: 'free', anchor })).status).toBe(200);
  const other = await put('anchored', { anchor: '2026-10-16T08:00:00Z' });
  expect(other.body['errors']).toMatchObject([{ pointer: '/anchor' }]);
});

test('lists are in order of id, by plan and status, in pages', async () => {
  await put('list-b', { plan: 'hidden' });
  await put('list-a', { plan: 'hidden' });
  const first = await world.ask('GET', '/v1/customers?plan=hidden&limit=1');
  expect(first.body['data']).toMatchObject([{ id: 'list-a' }]);
  const cursor = String(first.body['nextCursor']);
  const second = await world.ask('GET', `/v1/customers?plan=hidden&limit=1&cursor=${cursor}`);
  expect(second.body['data']).toMatchObject([{ id: 'list-b' }]);
  const none = await world.ask('GET', '/v1/customers?plan=hidden&status=canceled');
  expect(none.body).toEqual({ data: [], nextCursor: null });
});
