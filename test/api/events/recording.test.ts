import { World } from '../world.js';

/** What POST /v1/events says of each event, and what then stands in the log. */

let world: World;

beforeAll(async () => {
  world = await World.start();
  await world.customer('acme');
});

afterAll(() => world.stop());

const event = (id: string, change: Readonly<Record<string, unknown>> = {}) => ({
  id,
  customer: 'acme',
  quantities: { input_tokens: 5 },
  ...change,
});

const send = (body: unknown) => world.ask('POST', '/v1/events', { body });

async function usage(meter: string): Promise<unknown> {
  const { body } = await world.ask('GET', '/v1/customers/acme');
  return (body['usage'] as Record<string, { quantity: number }>)[meter]?.quantity;
}

test('one event counts once, and a read after the 200 includes it', async () => {
  const before = Number(await usage('tokens'));
  const first = await send(event('one'));
  expect([first.status, first.body]).toEqual([200, { id: 'one', status: 'recorded' }]);
  expect(await usage('tokens')).toBe(before + 5);
  const second = await send(event('one'));
  expect([second.status, second.body]).toEqual([200, { id: 'one', status: 'duplicate' }]);
  expect(await usage('tokens')).toBe(before + 5);
});

test('the short form and another key order are the same content', async () => {
  await send(event('short', { user: 'u', properties: { model: 'large', team: 'a' } }));
  const again = await send({
    quantity: 5,
    properties: { team: 'a', model: 'large' },
    meter: 'input_tokens',
    user: 'u',
    customer: 'acme',
    id: 'short',
    cacheHit: false,
  });
  expect(again.body).toMatchObject({ status: 'duplicate' });
});

test.each([
  ['another quantity', { quantities: { input_tokens: 6 } }],
  ['another user', { user: 'v' }],
  ['another property', { properties: { model: 'small' } }],
  ['a lease', { lease: 'l1' }],
  ['a timestamp where none was given', { timestamp: new Date().toISOString() }],
])('%s under a known id is a conflict, and the first stands', async (_name, change) => {
  await send(event('held'));
  const answer = await send(event('held', change));
  expect([answer.status, answer.body['code']]).toEqual([409, 'conflict']);
  const stands = await world.ask('GET', '/v1/events/held?customer=acme');
  expect(stands.body).toMatchObject({ quantities: { input_tokens: 5 }, user: null });
});

test('a batch answers each event in order, and one fault rejects one event', async () => {
  const before = await world.entries('acme');
  const old = new Date(Date.now() - 36 * 86_400_000).toISOString();
  const soon = new Date(Date.now() + 10 * 60_000).toISOString();
  const { status, body } = await send({
    events: [
      event('b1'),
      event('b1'),
      event('b1', { user: 'other' }),
      event('b2', { cacheHit: true }),
      event('b3', { quantities: { images: 1.5 } }),
      event('b4', { timestamp: old }),
      event('b5', { timestamp: soon }),
      event('b6', { quantities: { tokens: 1 } }),
      event('b7', { customer: 'nobody' }),
      event('b8', { quantities: { images: 2 } }),
      'no event',
      { __proto__: null, id: 'b9' },
    ],
  });
  expect(status).toBe(200);
  const results = body['results'] as unknown as Record<string, unknown>[];
  expect(results.map(({ id, status: what, code }) => [id, what, code])).toEqual([
    ['b1', 'recorded', undefined],
    ['b1', 'duplicate', undefined],
    ['b1', 'conflict', 'conflict'],
    ['b2', 'free', undefined],
    ['b3', 'rejected', 'invalid_request'],
    ['b4', 'rejected', 'event_too_old'],
    ['b5', 'rejected', 'event_in_future'],
    ['b6', 'rejected', 'unknown_meter'],
    ['b7', 'rejected', 'unknown_customer'],
    ['b8', 'recorded', undefined],
    [null, 'rejected', 'invalid_request'],
    ['b9', 'rejected', 'invalid_request'],
  ]);
  expect(body).toMatchObject({ recorded: 2, duplicate: 1, conflict: 1, free: 1, rejected: 7 });
  expect(results[9]).toMatchObject({ unpriced: true });
  expect(await world.entries('acme')).toBe(before + 3);
});

test('a recorded id is answered from what stands, whatever its age and meter are now', async () => {
  const timestamp = new Date(Date.now() - 34.9 * 86_400_000).toISOString();
  const aged = event('aged', { timestamp });
  expect((await send(aged)).body).toMatchObject({ status: 'recorded' });
  const to = new Date(Date.now() + 3 * 86_400_000).toISOString();
  await world.customer('traveller');
  const young = { ...aged, customer: 'traveller' };
  expect((await send(young)).body).toMatchObject({ status: 'recorded' });
  const moved = await world.ask('POST', '/v1/test/clock', { body: { customer: 'traveller', to } });
  expect(moved.status).toBe(200);
  expect((await send(young)).body).toMatchObject({ status: 'duplicate' });
  expect((await send({ ...young, user: 'x' })).body).toMatchObject({ code: 'conflict' });
  expect((await send({ ...young, id: 'new' })).body).toMatchObject({ code: 'event_too_old' });
});

test('an event from before the first period counts at its start', async () => {
  const timestamp = new Date(Date.now() - 2 * 86_400_000).toISOString();
  const before = Number(await usage('tokens'));
  await send(event('early', { timestamp }));
  expect(await usage('tokens')).toBe(before + 5);
  const rows = await world.ask('GET', '/v1/usage?customer=acme&meter=tokens');
  expect(rows.body['data']).toMatchObject([{ quantity: before + 5 }]);
  const { body } = await world.ask('GET', '/v1/events/early?customer=acme');
  expect(body['timestamp']).toBe(timestamp);
});

test('events go on being recorded while Temporal is away; reads say so', async () => {
  world.engine.away = true;
  const sent = await send(event('away'));
  const read = await world.ask('GET', '/v1/customers/acme');
  const listed = await world.ask('GET', '/v1/events?customer=acme&limit=1');
  world.engine.away = false;
  expect(sent.body).toEqual({ id: 'away', status: 'recorded' });
  expect([read.status, read.body['code']]).toEqual([503, 'unavailable']);
  expect(Number(read.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(listed.body['data']).toMatchObject([{ id: 'away' }]);
});

test('events are listed newest first, in pages, and streamed whole', async () => {
  await world.customer('lister');
  const ids = Array.from({ length: 25 }, (_, at) => `l${String(at).padStart(2, '0')}`);
  for (const id of ids) await send(event(id, { customer: 'lister', user: `u${id.at(-1)}` }));
  const seen: string[] = [];
  let cursor = '';
  do {
    const path = `/v1/events?customer=lister&limit=10${cursor}`;
    const { body } = await world.ask('GET', path);
    seen.push(...(body['data'] as unknown as { id: string }[]).map(({ id }) => id));
    const next = body['nextCursor'] as string | null;
    cursor = next === null ? '' : `&cursor=${next}`;
  } while (cursor !== '' && seen.length < 100);
  expect(seen).toEqual([...ids].reverse());
  const headers = { Accept: 'application/x-ndjson' };
  const stream = await world.ask('GET', '/v1/events?customer=lister&user=u3', { headers });
  expect(stream.body['lines']).toMatchObject([{ id: 'l23' }, { id: 'l13' }, { id: 'l03' }]);
});
