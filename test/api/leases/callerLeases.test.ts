import { secondInstance, type Instance } from '../decisions/instance.js';
import { DECISION_PLANS } from '../decisions/plans.js';
import { counted, made, poster, type Post } from '../decisions/scene.js';
import { World, type Reply } from '../world.js';

/** Leases that a caller hands out: 500 tokens a period, over HTTP, at two API processes. */

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

async function lease(customer: string, tokens: number, more = {}): Promise<Reply['body']> {
  const body = { customer, quantities: { tokens }, ttlMs: 60_000, ...more };
  const reply = await post('leases', body);
  if (reply.status !== 201) throw new Error(JSON.stringify(reply.body));
  return reply.body;
}

const event = (customer: string, id: string, tokens: number, of: unknown) => ({
  id,
  customer,
  quantities: { tokens },
  lease: String(of),
});

const statusOf = ({ status, body }: Reply) => [status, body['code'] ?? body['status']];

async function usageOf(customer: string): Promise<unknown> {
  const { body } = await world.ask('GET', `/v1/customers/${customer}`);
  return (body['usage'] as Record<string, unknown>)['tokens'];
}

async function free(customer: string, tokens: number): Promise<boolean> {
  const { status, body } = await post('reservations', { customer, quantities: { tokens } });
  if (status === 201) await post(`reservations/${String(body['id'])}/release`, { customer });
  return status === 201;
}

it('is all that was asked, debited now, or a denial', async () => {
  await made(world, 'all');
  const granted = await lease('all', 400);
  expect(granted).toEqual({
    id: expect.stringMatching(/^l_[\w-]{22}$/) as string,
    quantities: { tokens: 400 },
    expiresAt: expect.stringMatching(/Z$/) as string,
    ttlMs: 60_000,
    token: expect.any(String) as string,
  });
  expect(await free('all', 101)).toBe(false);
  expect(await free('all', 100)).toBe(true);
  const more = await post('leases', { customer: 'all', quantities: { tokens: 101 }, ttlMs: 1000 });
  expect([more.status, more.body['code']]).toEqual([429, 'held_by_concurrent_requests']);
  expect(await usageOf('all')).toMatchObject({ quantity: 0, held: 400 });
});

it('is consumed by events that name it, at any process, and counted once', async () => {
  await made(world, 'use');
  const { id } = await lease('use', 500);
  const first = event('use', 'e1', 300, id);
  expect(statusOf(await post('events', first))).toEqual([200, 'recorded']);
  expect(statusOf(await other.post('events', first))).toEqual([200, 'duplicate']);
  const second = await other.post('events', event('use', 'e2', 200, id));
  expect(second.body).toEqual({ id: 'e2', status: 'recorded' });
  expect(statusOf(await post('events', { ...first, quantities: { tokens: 1 } }))[0]).toBe(409);
  expect(await usageOf('use')).toMatchObject({ quantity: 500, held: 0 });
  const { body } = await world.ask('GET', '/v1/events/e1?customer=use');
  expect(body).toMatchObject({ lease: id, writeOff: null, quantities: { tokens: 300 } });
});

it('beyond it is taken if it fits, else written off: neither counted nor lost', async () => {
  await made(world, 'over');
  const { id } = await lease('over', 100);
  expect((await post('events', event('over', 'a', 150, id))).body).toEqual({
    id: 'a',
    status: 'recorded',
  });
  const late = await post('events', event('over', 'b', 400, id));
  expect(late.body).toEqual({ id: 'b', status: 'recorded', writeOff: { tokens: 400 } });
  const again = await other.post('events', event('over', 'b', 400, id));
  expect(again.body).toEqual({ id: 'b', status: 'duplicate', writeOff: { tokens: 400 } });
  expect(await usageOf('over')).toMatchObject({ quantity: 150, held: 0 });
  const { body } = await world.ask('GET', '/v1/events/b?customer=over');
  expect(body).toMatchObject({ writeOff: { tokens: 400 }, quantities: { tokens: 400 } });
});

it('covers a part where the limit is reached: the rest alone is written off', async () => {
  await made(world, 'part');
  const { id } = await lease('part', 100);
  await lease('part', 400);
  const events = [60, 60, 1].map((tokens, at) => event('part', `p${at}`, tokens, id));
  const { body } = await post('events', { events });
  expect(body['results']).toEqual([
    { id: 'p0', status: 'recorded' },
    { id: 'p1', status: 'recorded', writeOff: { tokens: 20 } },
    { id: 'p2', status: 'recorded', writeOff: { tokens: 1 } },
  ]);
  expect(await usageOf('part')).toMatchObject({ quantity: 100, held: 400 });
});

it('an id twice in one batch: the second is a conflict, the rest is recorded', async () => {
  await made(world, 'twice');
  const { id } = await lease('twice', 100);
  const events = [10, 20].map((tokens) => event('twice', 't', tokens, id));
  const { status, body } = await post('events', { events: [...events, ...events] });
  const results = body['results'] as readonly { readonly status: string }[];
  const statuses = ['recorded', 'conflict', 'duplicate', 'conflict'];
  expect([status, results.map((result) => result.status)]).toEqual([200, statuses]);
  expect(await usageOf('twice')).toMatchObject({ quantity: 10, held: 90 });
});

it('is never exceeded by events at two processes at once', async () => {
  await made(world, 'race');
  const { id } = await lease('race', 100);
  await lease('race', 400);
  const at = [post, other.post];
  const replies = await Promise.all(
    Array.from({ length: 40 }, (_, n) => {
      return (at[n % 2] as Post)('events', event('race', `r${n}`, 5, id));
    }),
  );
  expect(counted(replies)).toEqual({ 200: 40 });
  expect(replies.filter(({ body }) => body['writeOff'] === undefined)).toHaveLength(20);
  expect(await usageOf('race')).toMatchObject({ quantity: 100, held: 400 });
});

it('a cache hit takes nothing of it', async () => {
  await made(world, 'cache');
  const { id } = await lease('cache', 500);
  const hit = { ...event('cache', 'hit', 500, id), cacheHit: true };
  expect(statusOf(await post('events', hit))).toEqual([200, 'free']);
  expect(await usageOf('cache')).toMatchObject({ quantity: 0, held: 500 });
});

it('an event of it is voided by what was counted', async () => {
  await made(world, 'void');
  const { id } = await lease('void', 100);
  await lease('void', 400);
  await post('events', event('void', 'v', 130, id));
  const voided = await post('events/v/void', { customer: 'void', reason: 'test' });
  expect(statusOf(voided)).toEqual([200, 'voided']);
  expect(await usageOf('void')).toMatchObject({ quantity: 0, held: 400 });
});

describe('returned', () => {
  it('gives back what is left unused; a repeat gives back nothing more', async () => {
    await made(world, 'back');
    const { id, token } = await lease('back', 500);
    await post('events', event('back', 'b1', 100, id));
    for (const whose of [{ customer: 'back' }, { token }, { customer: 'back' }]) {
      const path = `leases/${String(id)}/return`;
      const { status, body } = await other.post(path, { ...whose, quantities: { tokens: 300 } });
      expect([status, body['quantities']]).toEqual([200, { tokens: 200 }]);
      expect(await usageOf('back')).toMatchObject({ quantity: 100, held: 100 });
    }
    await lease('back', 300);
    const rest = await post('events', event('back', 'b2', 101, id));
    expect(rest.body['writeOff']).toEqual({ tokens: 1 });
  });

  it('whole, it is over: its token says so again, its id is not found', async () => {
    await made(world, 'whole');
    const { id, token } = await lease('whole', 500);
    const path = `leases/${String(id)}/return`;
    const quantities = { tokens: 500 };
    expect((await post(path, { token, quantities })).status).toBe(200);
    expect(await free('whole', 500)).toBe(true);
    expect((await post(path, { token, quantities })).status).toBe(200);
    const gone = await post(path, { customer: 'whole', quantities });
    expect(statusOf(gone)).toEqual([404, 'not_found']);
  });

  it('is refused for another meter, token or customer', async () => {
    await made(world, 'mine');
    await made(world, 'yours');
    const { id, token } = await lease('mine', 10);
    const yours = await lease('yours', 10);
    const path = `leases/${String(id)}/return`;
    const quantities = { tokens: 1 };
    const wrong = [
      { token: yours['token'], quantities },
      { token: `${String(token)}x`, quantities },
      { token, customer: 'yours', quantities },
      { token, quantities: { images: 1 } },
      { quantities },
    ];
    for (const body of wrong) {
      expect(statusOf(await post(path, body))).toEqual([400, 'invalid_request']);
    }
    expect((await post(path, { customer: 'yours', quantities })).status).toBe(404);
    expect(await usageOf('mine')).toMatchObject({ held: 10 });
  });
});

it('its token opens no reservation, and its id names none', async () => {
  await made(world, 'token');
  const { id, token } = await lease('token', 10);
  const path = `reservations/${String(id)}/commit`;
  expect((await post(path, { token })).status).toBe(400);
  expect((await post(path, { customer: 'token' })).status).toBe(404);
  const { body } = await post('reservations', { customer: 'token', quantities: { tokens: 1 } });
  const back = `leases/${String(body['id'])}/return`;
  const quantities = { tokens: 1 };
  expect((await post(back, { token: body['token'], quantities })).status).toBe(400);
  expect((await post(back, { customer: 'token', quantities })).status).toBe(404);
});

it('lives as long as was asked, 1 to 60 s, and covers requests where it names them', async () => {
  await made(world, 'requests', 'rated');
  const ask = { customer: 'requests', quantities: { tokens: 10 } };
  for (const ttlMs of [999, 60_001, 1.5, undefined]) {
    expect((await post('leases', { ...ask, ttlMs })).status).toBe(400);
  }
  const both = { ...ask, quantities: { tokens: 10, requests: 3 }, ttlMs: 4_000 };
  expect((await post('leases', both)).status).toBe(201);
  const denied = await post('reservations', ask);
  expect([denied.status, denied.body['code']]).toEqual([429, 'held_by_concurrent_requests']);
  const large = await post('leases', { ...both, quantities: { large: 1 } });
  expect(large.body['code']).toBe('unknown_meter');
  const seats = await post('leases', { ...both, quantities: { seats: 1 } });
  expect(seats.body['code']).toBe('invalid_request');
});
