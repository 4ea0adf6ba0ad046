import { DurabillError } from '../../client/durabill.js';
import { RETRY_POLICY, retried, waitMs } from '../../client/retrying.js';
import { ApiDouble } from './double/server.js';
import { fastClient } from './fastClient.js';
import { until } from '../until.js';

/** Every call has an end, and only what is safe and worth it is asked again. */

const api = new ApiDouble();
const ASKED = { customer: 'acme', quantities: { tokens: 5 } };

beforeAll(() => api.start());
beforeEach(() => api.reset());
afterAll(() => api.stop());

function fault(code: string, retryable: boolean, retryAfterMs: number | null = null) {
  return new DurabillError({ code, status: 503, retryable, detail: code, retryAfterMs });
}

test('back-off doubles to its bound, and is never less than half of it', () => {
  const bounds = [1, 2, 3, 4, 5, 6].map((attempt) => {
    const policy = { ...RETRY_POLICY, attemptsMax: 9 };
    const wait = () => waitMs(policy, attempt, fault('x', true)) ?? -1;
    const waits = Array.from({ length: 200 }, wait);
    return [Math.min(...waits), Math.max(...waits)];
  });
  const most = [100, 200, 400, 800, 1_600, 2_000];
  bounds.forEach(([least = 0, longest = 0], at) => {
    const full = most[at] ?? 0;
    expect([least >= full / 2, longest <= full]).toEqual([true, true]);
  });
});

test('Retry-After is waited for, up to a bound; beyond it the caller decides', () => {
  expect(waitMs(RETRY_POLICY, 1, fault('rate_limited', true, 3_000))).toBe(3_000);
  expect(waitMs(RETRY_POLICY, 1, fault('rate_limited', true, 5_001))).toBeNull();
});

test('what is not retryable, or was tried often enough, is not repeated', () => {
  expect(waitMs(RETRY_POLICY, 1, fault('limit_reached', false))).toBeNull();
  expect(waitMs(RETRY_POLICY, RETRY_POLICY.attemptsMax, fault('unavailable', true))).toBeNull();
});

test('attempts end with their time', async () => {
  let calls = 0;
  const policy = { ...RETRY_POLICY, attemptsMax: 1_000, backoffMsMax: 20, totalMsMax: 100 };
  const call = async () => {
    calls += 1;
    throw fault('unavailable', true);
  };
  await expect(retried(policy, call, () => true)).rejects.toMatchObject({ code: 'unavailable' });
  expect(calls).toBeGreaterThan(1);
  expect(calls).toBeLessThan(50);
});

test('a repeat is the same request: same id, same body', async () => {
  const client = fastClient(api, { reservationNames: 'client' });
  api.fail('reserve', 'lost');
  api.fail('reserve', 'away');
  const { id } = await client.reserve(ASKED);
  expect(api.of('reserve').map(({ body }) => body)).toEqual(Array(3).fill({ ...ASKED, id }));
  await client.close();
});

test('the API names them: a lost answer holds twice for a while, and counts once', async () => {
  const client = fastClient(api);
  api.fail('reserve', 'lost');
  await client.guard({ ...ASKED, ttlMs: 1_000 }, () => 'ok');
  expect(api.of('reserve').map(({ body }) => body.id)).toEqual([undefined, undefined]);
  expect([api.ledger.used, api.ledger.held]).toEqual([5, 5]);
  await until(() => api.ledger.held === 0, 'the first expires', 3_000);
  await client.close();
});

test('an API that hangs is given up: `unavailable`, no status', async () => {
  const client = fastClient(api, { timeoutMs: 50 });
  api.fail('reserve', 'hung', 9);
  const startMs = performance.now();
  await expect(client.reserve(ASKED)).rejects.toMatchObject({ code: 'unavailable', status: 0 });
  expect(performance.now() - startMs).toBeLessThan(2_000);
  await client.close();
});

test('what is held by others is asked again, and told after the last attempt', async () => {
  api.reset(5);
  const client = fastClient(api);
  const held = await client.reserve(ASKED);
  const denied = client.reserve(ASKED);
  const code = 'held_by_concurrent_requests';
  await expect(denied).rejects.toMatchObject({ code, status: 429 });
  expect(api.of('reserve')).toHaveLength(4);
  await client.release(held);
  expect((await client.reserve(ASKED)).status).toBe('held');
  await client.close();
});

test('an abort ends the wait with its own reason', async () => {
  const client = fastClient(api);
  api.fail('reserve', 'hung', 9);
  const caller = new AbortController();
  const asked = client.reserve(ASKED, { signal: caller.signal });
  caller.abort(new Error('user left'));
  await expect(asked).rejects.toThrow('user left');
  await client.close();
});

test('ends speak the token; a commit of nothing names its meters', async () => {
  const client = fastClient(api);
  const reservation = await client.reserve(ASKED);
  await client.extend(reservation, { ttlMs: 5_000 });
  const done = await client.commit(reservation, { quantities: {} });
  expect([done.status, done.committed]).toEqual(['committed', { tokens: 0 }]);
  const token = `token-${reservation.id}`;
  expect(api.of('extend')[0]?.body).toEqual({ token, ttlMs: 5_000 });
  expect(api.of('commit')[0]?.body).toEqual({ token, quantities: { tokens: 0 } });
  await client.commit({ id: reservation.id, customer: 'acme' });
  expect(api.of('commit')[1]?.body).toEqual({ customer: 'acme' });
  await client.close();
});
