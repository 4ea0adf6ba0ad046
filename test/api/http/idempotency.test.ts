import { World } from '../world.js';

/** Idempotency-Key: one effect, one answer, however often it is sent. */

let world: World;

beforeAll(async () => {
  world = await World.start();
  await world.customer('acme');
});

afterAll(() => world.stop());

function move(key: string, days: number, customer = 'acme') {
  const to = new Date(Date.UTC(2030, 0, 1) + days * 86_400_000).toISOString();
  return world.ask('POST', '/v1/test/clock', {
    body: { customer, to },
    headers: { 'Idempotency-Key': key },
  });
}

test('a repeat is the first answer, marked, and nothing is done again', async () => {
  const first = await move('"k1"', 0);
  expect(first.status).toBe(200);
  const entries = await world.entries('acme');
  const again = await move('k1', 0);
  expect(again.status).toBe(200);
  expect(again.body).toEqual(first.body);
  expect(first.headers.get('idempotent-replayed')).toBeNull();
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect(await world.entries('acme')).toBe(entries);
});

test('another body under the same key is refused', async () => {
  await move('k2', 1);
  const other = await move('k2', 2);
  expect([other.status, other.body['code']]).toEqual([422, 'idempotency_key_reused']);
});

test('a refusal is replayed too', async () => {
  const first = await move('k3', -9000);
  const again = await move('k3', -9000);
  expect([first.status, again.status]).toEqual([400, 400]);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect(again.headers.get('content-type')).toBe('application/problem+json');
});

test('a failure that can pass gives the key back', async () => {
  world.engine.away = true;
  const failed = await move('k4', 3);
  world.engine.away = false;
  expect([failed.status, failed.body['retryable']]).toEqual([503, true]);
  expect((await move('k4', 3)).status).toBe(200);
});

test('while the first one runs the second is told so', async () => {
  const claim = await world.ledger.idempotency.begin('test', 'k5', 'another', Date.now());
  expect(claim.state).toBe('claimed');
  const answer = await move('k5', 4);
  expect(answer.body['code']).toMatch(/^idempotency_/);
  expect(answer.status).toBeGreaterThanOrEqual(409);
});

test.each(['', '"a"b"', 'x'.repeat(256)])('a key that is none is refused: %p', async (key) => {
  const answer = await move(key === '' ? '""' : key, 5);
  expect(answer.body['errors']).toMatchObject([{ parameter: 'Idempotency-Key' }]);
});

test("an event's own id wins over the header", async () => {
  const headers = { 'Idempotency-Key': 'k6' };
  const event = (id: string) => ({ id, customer: 'acme', quantities: { images: 1 } });
  const first = await world.ask('POST', '/v1/events', { body: event('i1'), headers });
  const second = await world.ask('POST', '/v1/events', { body: event('i2'), headers });
  expect([first.body['id'], second.body['id']]).toEqual(['i1', 'i2']);
});
