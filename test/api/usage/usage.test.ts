import { World } from '../world.js';

/** GET /v1/usage adds up exactly what the log holds. */

let world: World;

const DAY = '2026-11-10';

beforeAll(async () => {
  world = await World.start();
  for (const id of ['acme', 'other']) {
    await world.ask('PUT', `/v1/customers/${id}`, {
      body: { plan: 'free', anchor: '2026-11-01T00:00:00Z' },
    });
  }
  await world.ask('POST', '/v1/test/clock', {
    body: { customer: 'acme', to: `${DAY}T23:00:00Z` },
  });
  await world.ask('POST', '/v1/test/clock', {
    body: { customer: 'other', to: `${DAY}T23:00:00Z` },
  });
  const { body } = await world.ask('POST', '/v1/events', {
    body: {
      events: [
        event('a', 'acme', 'u1', { input_tokens: 30 }, `${DAY}T09:10:00Z`, { model: 'small' }),
        event('b', 'acme', 'u1', { output_tokens: 10 }, `${DAY}T09:50:00Z`, { model: 'large' }),
        event('c', 'acme', 'u2', { output_tokens: 60 }, `${DAY}T10:00:00Z`, { model: 'large' }),
        event('d', 'acme', undefined, { images: 1 }, '2026-11-09T23:59:59Z', {}),
        event('e', 'other', 'u9', { input_tokens: 500 }, `${DAY}T09:00:00Z`, {}),
        { ...event('f', 'acme', 'u1', { images: 9 }, `${DAY}T09:00:00Z`, {}), cacheHit: true },
      ],
    },
  });
  if (body['rejected'] !== 0) throw new Error(JSON.stringify(body));
});

afterAll(() => world.stop());

function event(
  id: string,
  customer: string,
  user: string | undefined,
  quantities: Record<string, number>,
  timestamp: string,
  properties: Record<string, string>,
) {
  return { id, customer, user, quantities, timestamp, properties };
}

type Row = Record<string, unknown> & { readonly key: Record<string, unknown> };

async function rows(query: string): Promise<Row[]> {
  const { status, body } = await world.ask('GET', `/v1/usage?${query}`);
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body['data'] as unknown as Row[];
}

test('by default the open period of the customer, one row a meter', async () => {
  const found = await rows('customer=acme');
  expect(found.map(({ meter, quantity, count }) => [meter, quantity, count])).toEqual([
    ['images', 1, 1],
    ['input_tokens', 30, 1],
    ['large', 70, 2],
    ['output_tokens', 70, 2],
    ['requests', 4, 4],
    ['tokens', 100, 3],
  ]);
  expect(found.every(({ start }) => start === '2026-11-01T00:00:00.000Z')).toBe(true);
});

test('shares and costs by user and property are exact decimals', async () => {
  const found = await rows('customer=acme&meter=tokens&groupBy=user,property:model');
  expect(found).toEqual([
    {
      start: '2026-11-01T00:00:00.000Z',
      meter: 'tokens',
      key: { user: 'u1', 'property:model': 'large' },
      quantity: 10,
      count: 1,
      sharePercent: '10',
      costMinor: '0.015',
    },
    {
      start: '2026-11-01T00:00:00.000Z',
      meter: 'tokens',
      key: { user: 'u1', 'property:model': 'small' },
      quantity: 30,
      count: 1,
      sharePercent: '30',
      costMinor: '0.003',
    },
    {
      start: '2026-11-01T00:00:00.000Z',
      meter: 'tokens',
      key: { user: 'u2', 'property:model': 'large' },
      quantity: 60,
      count: 1,
      sharePercent: '60',
      costMinor: '0.09',
    },
  ]);
});

test('hours and days of a time zone, each minute in one bucket', async () => {
  const hours = await rows('customer=acme&meter=tokens&bucket=hour');
  expect(hours.map(({ start, quantity }) => [start, quantity])).toEqual([
    [`${DAY}T09:00:00.000Z`, 40],
    [`${DAY}T10:00:00.000Z`, 60],
  ]);
  const days = await rows('customer=acme&meter=requests&bucket=day&timezone=Pacific/Kiritimati');
  expect(days.map(({ start, quantity }) => [start, quantity])).toEqual([
    ['2026-11-09T10:00:00.000Z', 3],
    [`${DAY}T10:00:00.000Z`, 1],
  ]);
});

test('of all customers, told apart', async () => {
  const span = `from=${DAY}T00:00:00Z&to=${DAY}T23:00:00Z`;
  const found = await rows(`meter=input_tokens&groupBy=customer&${span}`);
  expect(found.map(({ key, quantity }) => [key['customer'], quantity])).toEqual([
    ['acme', 30],
    ['other', 500],
  ]);
});

test('without a user or property the key is null, one like any other', async () => {
  const found = await rows('customer=acme&meter=requests&groupBy=user&bucket=total');
  expect(found.map(({ key, quantity }) => [key['user'], quantity])).toEqual([
    ['u1', 2],
    ['u2', 1],
    [null, 1],
  ]);
});

test.each([
  ['groupBy=team', 'groupBy'],
  ['groupBy=user,customer,meter', 'groupBy'],
  ['groupBy=property:team', 'groupBy'],
  ['meter=sausages', 'meter'],
  ['bucket=year', 'bucket'],
  ['timezone=Mars/Base', 'timezone'],
  ['from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z', 'from'],
  ['user[$ne]=x', 'user[$ne]'],
  ['meter=tokens&meter=images', 'meter'],
])('refused: %s', async (query, parameter) => {
  const { status, body } = await world.ask('GET', `/v1/usage?customer=acme&${query}`);
  expect(status).toBe(400);
  expect(body['errors']).toContainEqual(expect.objectContaining({ parameter }));
});
