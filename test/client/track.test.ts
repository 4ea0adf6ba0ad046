import type { Durabill, DurabillOptions, Loss, UsageEvent } from '../../client/durabill.js';
import { ApiDouble } from './double/server.js';
import { fastClient } from './fastClient.js';
import { until } from '../until.js';

/** `track`: every event counts once, with its own id and time, whether the API is there or not. */

const LIMIT_MS = 5_000;

const api = new ApiDouble();
let client: Durabill;
let losses: Loss[] = [];

function start(options: Partial<DurabillOptions> = {}): Durabill {
  client = fastClient(api, { onLoss: (loss) => losses.push(loss), ...options });
  return client;
}

beforeAll(() => api.start());
beforeEach(() => {
  api.reset();
  losses = [];
  start();
});
afterEach(() => client.close(500));
afterAll(() => api.stop());

function event(id: string, quantities: UsageEvent['quantities'] = { images: 1 }): UsageEvent {
  return { id, customer: 'acme', quantities };
}

function events(count: number, from = 0): readonly UsageEvent[] {
  return Array.from({ length: count }, (_, at) => event(`e${at + from}`));
}

const countedIds = () => api.ledger.counted.map(({ id }) => id);

test('one event: its outcome; without an id one is minted, once for all attempts', async () => {
  api.fail('events', 'lost', 2);
  const { id, ...named } = event('x');
  expect(await client.track(named)).toMatchObject({ status: 'duplicate' });
  expect(new Set(api.of('events').map(({ body }) => body.id)).size).toBe(1);
  expect([id, api.ledger.used]).toEqual(['x', 1]);
});

test('one event that is refused throws why; of several each has its result', async () => {
  const wrong = event('w', { unknown: 1 });
  await expect(client.track(wrong)).rejects.toMatchObject({ code: 'unknown_meter', status: 400 });
  const results = await client.track([event('a'), wrong, event('a')]);
  expect(results.map(({ status }) => status)).toEqual(['recorded', 'rejected', 'duplicate']);
});

test('many go in batches of 1,000 and below 1 MiB, in their order', async () => {
  const results = await client.track(events(2_500));
  expect(results.map(({ id }) => id)).toEqual(events(2_500).map(({ id }) => id));
  expect(api.of('events').map(({ body }) => body.events?.length)).toEqual([1_000, 1_000, 500]);
  api.received.length = 0;
  const large = events(30, 5_000).map((one) => ({ ...one, user: '€'.repeat(20_000) }));
  await client.track(large);
  const bytes = api.of('events').map(({ body }) => Buffer.byteLength(JSON.stringify(body)));
  expect(Math.max(...bytes)).toBeLessThan(1_048_576);
  expect(api.ledger.used).toBe(2_530);
});

test('with the API away: kept, then sent in order with their own ids and times', async () => {
  await api.stop();
  const fromMs = Date.now();
  const stated = { ...event('b'), timestamp: '2026-01-01T00:00:00.000Z' };
  expect(await client.track(event('a'))).toEqual({ id: 'a', status: 'buffered' });
  const toMs = Date.now();
  const kept = await client.track([stated, event('c')]);
  expect(kept.map(({ status }) => status)).toEqual(['buffered', 'buffered']);
  expect(client.waiting).toBe(3);
  await expect(client.flush()).rejects.toMatchObject({ code: 'unavailable' });
  await api.start();
  await client.flush();
  expect(countedIds()).toEqual(['a', 'b', 'c']);
  const [first, second] = api.ledger.counted;
  expect(second?.timestamp).toBe(stated.timestamp);
  const sentMs = Date.parse(first?.timestamp ?? '');
  expect([sentMs >= fromMs, sentMs <= toMs]).toEqual([true, true]);
});

test('what waits is sent by itself when the API is back', async () => {
  await api.stop();
  await client.track(events(3));
  await api.start();
  await until(() => api.ledger.used === 3, 'sent', LIMIT_MS);
  expect(losses).toEqual([]);
});

test('an answer lost before it was kept: counted once, and no loss', async () => {
  api.fail('events', 'lost', 3);
  expect(await client.track(event('a'))).toEqual({ id: 'a', status: 'buffered' });
  await client.flush();
  expect([countedIds(), losses]).toEqual([['a'], []]);
});

test('events behind others that wait keep their order', async () => {
  api.fail('events', 'away', 3);
  await client.track(event('a'));
  await client.track(event('b'));
  await client.flush();
  expect(countedIds()).toEqual(['a', 'b']);
});

test('what is refused for good after it was kept is told, the others count', async () => {
  api.fail('events', 'away', 3);
  await client.track([event('a'), event('w', { unknown: 1 }), event('b')]);
  await client.flush();
  expect(countedIds()).toEqual(['a', 'b']);
  expect(losses).toMatchObject([{ code: 'unknown_meter', entry: { event: { id: 'w' } } }]);
});

test('a batch that is refused as a whole loses the event at fault alone', async () => {
  api.fail('events', 'away', 3);
  await client.track([...events(5), event('p', { poison: 1 }), ...events(5, 5)]);
  await client.flush();
  expect(countedIds()).toEqual(events(10).map(({ id }) => id));
  expect(losses).toMatchObject([{ code: 'invalid_request', entry: { event: { id: 'p' } } }]);
});

test('a key that is refused drops nothing: it is sent once the key is right', async () => {
  api.fail('events', 'away', 3);
  await client.track(event('a'));
  api.fail('events', 'unauthorized');
  await expect(client.flush()).rejects.toMatchObject({ status: 401 });
  await client.flush();
  expect([countedIds(), losses]).toEqual([['a'], []]);
});

test('beyond the bound `track` throws and says so', async () => {
  start({ journal: { bytesMax: 500 } });
  await api.stop();
  await client.track(event('a'));
  const many = client.track(events(10));
  await expect(many).rejects.toMatchObject({ code: 'journal_full', retryable: true });
  expect(client.waiting).toBe(1);
  await api.start();
});

test('after `close` nothing is kept', async () => {
  await api.stop();
  await client.close(100);
  await expect(client.track(event('a'))).rejects.toMatchObject({ code: 'closed' });
  await api.start();
});
