import { decision, join, startOperated, use } from '../customers/operator.js';
import type { World } from '../world.js';

/** A void takes one event back, once. */

let world: World;

beforeAll(async () => {
  world = await startOperated();
});

afterAll(() => world.stop());

const take = (customer: string, id: string, reason = 'wrong', headers?: Record<string, string>) =>
  world.ask('POST', `/v1/events/${encodeURIComponent(id)}/void`, {
    body: { customer, reason },
    headers,
  });

async function tokens(customer: string): Promise<unknown> {
  const { body } = await world.ask('GET', `/v1/customers/${customer}`);
  return (body['usage'] as Record<string, { quantity: number }>)['tokens']?.quantity;
}

/** The card works after all: Stripe's answer, as an activity writes it. */
async function subscribe(customer: string): Promise<void> {
  const key = { mode: 'test', customer, life: 1 } as const;
  const published = await world.ledger.catalogues.newest('test');
  const plan = published?.snapshots['pro@1'];
  if (!plan) throw new Error('pro is not published');
  const ids = { customer: 'cus_1', subscription: 'sub_1', testClock: null, baseItem: null };
  const anchorSeconds = Math.floor(Date.now() / 1000);
  const stripe = { ...ids, items: {}, meters: {}, eventNames: {}, anchorSeconds };
  const command = { type: 'subscribed', request: 1, plan, stripe } as const;
  await world.ledger.writer.append(key, [
    { kind: 'command', id: 'command/subscribe-again', command, hash: 'subscribed' },
  ]);
  const head = await world.ledger.log.head(key);
  await world.engine.tell(key, { ranges: [], sums: [], catalogue: 0, head });
}

test('counts, limits and the event itself are taken back before the answer, once', async () => {
  await join(world, 'once', 'team');
  const id = `call|${'x'.repeat(250)}`;
  const quantities = { input_tokens: 80 };
  const properties = { model: 'large', team: 't' };
  await use(world, { id, customer: 'once', user: 'u', quantities, properties });
  await use(world, { id: 'kept', customer: 'once', user: 'u', quantities: { input_tokens: 5 } });
  expect(await decision(world, 'once', 50, { user: 'u', team: 't' })).toBe('limit_reached');
  const first = await take('once', id);
  expect(first.status).toBe(200);
  expect(first.body).toMatchObject({ id, user: 'u', status: 'voided', quantities, properties });
  expect(await tokens('once')).toBe(5);
  const written = await world.entries('once');
  const again = await take('once', id, 'another reason');
  expect([again.status, again.body]).toEqual([200, first.body]);
  expect([await tokens('once'), await world.entries('once')]).toEqual([5, written]);
  expect(await decision(world, 'once', 50, { user: 'u', team: 't' })).toBe('granted');
});

test('many requests that void one event at once take it back once', async () => {
  await join(world, 'race', 'team');
  await use(world, { id: 'e', customer: 'race', quantities: { input_tokens: 9 } });
  await use(world, { id: 'f', customer: 'race', quantities: { input_tokens: 1 } });
  const answers = await Promise.all(Array.from({ length: 10 }, () => take('race', 'e')));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
  expect(await tokens('race')).toBe(1);
});

test('lists and reads show it as voided, and its id stays taken', async () => {
  await join(world, 'shown', 'team');
  const event = { id: 'e', customer: 'shown', quantities: { input_tokens: 9 } };
  await use(world, event);
  await take('shown', 'e');
  const read = await world.ask('GET', '/v1/events/e?customer=shown');
  const list = await world.ask('GET', '/v1/events?customer=shown');
  expect(read.body['status']).toBe('voided');
  expect(list.body['data']).toMatchObject([{ id: 'e', status: 'voided' }]);
  const again = await world.ask('POST', '/v1/events', { body: event });
  expect(again.body['status']).toBe('duplicate');
  expect(await tokens('shown')).toBe(0);
});

test('it counts in the window of the event, not of the void', async () => {
  await join(world, 'windows', 'team', '2026-10-01T00:00:00Z');
  await use(world, { id: 'old', customer: 'windows', quantities: { input_tokens: 9 } });
  const to = '2026-11-02T00:00:00Z';
  await world.ask('POST', '/v1/test/clock', { body: { customer: 'windows', to } });
  await use(world, { id: 'new', customer: 'windows', quantities: { input_tokens: 4 } });
  expect((await take('windows', 'old')).status).toBe(200);
  expect(await tokens('windows')).toBe(4);
});

test('credits come back as a refund at once', async () => {
  await join(world, 'credits', 'points');
  await use(world, { id: 'e', customer: 'credits', quantities: { input_tokens: 150 } });
  expect(await decision(world, 'credits', 60)).toBe('credits_exhausted');
  await take('credits', 'e');
  expect(await decision(world, 'credits', 60)).toBe('granted');
  const { body } = await world.ask('GET', '/v1/customers/credits/credits');
  const refund = { kind: 'refund', amount: '75', balanceAfter: '100' };
  expect(body['data']).toMatchObject([refund, {}, {}]);
});

test('a cache hit counted nothing, and gives nothing back', async () => {
  await join(world, 'free', 'team');
  const quantities = { input_tokens: 9 };
  await use(world, { id: 'hit', customer: 'free', quantities, cacheHit: true });
  await use(world, { id: 'e', customer: 'free', quantities });
  expect((await take('free', 'hit')).body).toMatchObject({ status: 'voided', quantities });
  expect(await tokens('free')).toBe(9);
});

test('what was written off while a card was missing is not taken back', async () => {
  world.engine.stripe = 'payment_required';
  await join(world, 'card', 'pro');
  const quantities = { input_tokens: 9 };
  await use(world, { id: 'lost', customer: 'card', quantities });
  await subscribe('card');
  await use(world, { id: 'e', customer: 'card', quantities });
  expect(await tokens('card')).toBe(9);
  expect((await take('card', 'lost')).status).toBe(200);
  expect(await tokens('card')).toBe(9);
});

test('what nobody knows can not be voided, nor what is over 35 days old', async () => {
  await join(world, 'none', 'team', '2026-09-01T00:00:00Z');
  expect((await take('none', 'nothing')).status).toBe(404);
  const unknown = await take('nobody', 'e');
  expect([unknown.status, unknown.body['code']]).toEqual([404, 'unknown_customer']);
  await use(world, { id: 'old', customer: 'none', quantities: { input_tokens: 9 } });
  const to = '2026-10-07T00:00:00Z';
  await world.ask('POST', '/v1/test/clock', { body: { customer: 'none', to } });
  const written = await world.entries('none');
  const late = await take('none', 'old');
  expect([late.status, late.body['code']]).toEqual([400, 'event_too_old']);
  expect(await world.entries('none')).toBe(written);
});

test('the same event id of another customer is another event', async () => {
  await join(world, 'one', 'team');
  await join(world, 'two', 'team');
  const quantities = { input_tokens: 9 };
  for (const customer of ['one', 'two']) await use(world, { id: 'same', customer, quantities });
  await take('one', 'same');
  expect([await tokens('one'), await tokens('two')]).toEqual([0, 9]);
});

test('a replay under an Idempotency-Key says so, and a reason is needed', async () => {
  await join(world, 'replay', 'team');
  await use(world, { id: 'e', customer: 'replay', quantities: { input_tokens: 9 } });
  const key = { 'Idempotency-Key': '"void-1"' };
  const first = await take('replay', 'e', 'wrong', key);
  const second = await take('replay', 'e', 'wrong', key);
  expect(second.headers.get('idempotent-replayed')).toBe('true');
  expect(second.body).toEqual(first.body);
  expect((await take('replay', 'e', '')).body['errors']).toMatchObject([{ pointer: '/reason' }]);
});
