import type { Durabill, DurabillError, LocalLease } from '../../../client/durabill.js';
import { ApiDouble } from '../double/server.js';
import { fastClient } from '../fastClient.js';
import { until } from '../../until.js';

/** `lease: true` and `lease()`: no call per decision, and no unit over the limit. */

const LIMIT_MS = 5_000;

const api = new ApiDouble();
let client: Durabill;
const ASKED = { customer: 'acme', quantities: { tokens: 1 } };
const LEASED = { lease: true } as const;

beforeAll(() => api.start());
beforeEach(() => {
  api.reset();
  client = fastClient(api);
});
afterEach(() => client.close(2_000));
afterAll(() => api.stop());

test('2,000 runs: no reservation is asked for, each counts once', async () => {
  for (let round = 0; round < 20; round += 1) {
    const runs = Array.from({ length: 100 }, () => client.guard(ASKED, () => 'ok', LEASED));
    await Promise.all(runs);
  }
  await client.flush();
  expect(api.ledger.used).toBe(2_000);
  expect(api.of('commit')).toEqual([]);
  expect(api.of('reserve').length).toBeLessThan(200);
  expect(api.of('lease').length).toBeLessThan(20);
});

test('a cap of 500 under 1,500 asks of two clients: never 501, and 500 in the end', async () => {
  api.reset(500);
  const patient = { retry: { attemptsMax: 1 }, timeoutMs: 10_000 };
  const clients = [1, 2].map(() => fastClient(api, patient));
  const codes: string[] = [];
  const ask = async (by: Durabill | undefined) => {
    const done = by?.guard(ASKED, () => 'ok', LEASED);
    codes.push((await done?.catch((error: DurabillError) => error.code)) ?? 'nobody');
  };
  for (let round = 0; round < 15; round += 1) {
    await Promise.all(Array.from({ length: 100 }, (_, at) => ask(clients[at % 2])));
    expect(api.ledger.used + api.ledger.held).toBeLessThanOrEqual(500);
  }
  await Promise.all(clients.map((one) => one.close()));
  const granted = codes.filter((code) => code === 'ok').length;
  expect([api.ledger.used, api.ledger.held]).toEqual([granted, 0]);
  const rest = Array.from({ length: 501 - granted }, () => client.guard(ASKED, () => 'ok'));
  const refused = (await Promise.allSettled(rest)).filter(({ status }) => status === 'rejected');
  expect([refused.length, api.ledger.used]).toEqual([1, 500]);
});

test('where no lease fits each request is asked for by itself, to the last unit', async () => {
  api.reset(15);
  const codes: string[] = [];
  for (let run = 0; run < 20; run += 1) {
    const done = client.guard(ASKED, () => 'ok', LEASED);
    codes.push(await done.catch((error: DurabillError) => error.code));
  }
  expect(codes.filter((code) => code === 'ok')).toHaveLength(15);
  expect(codes.slice(15)).toEqual(Array.from({ length: 5 }, () => 'limit_reached'));
  expect(api.ledger.used).toBe(15);
});

test('`close` gives back what was not used', async () => {
  await client.guard(ASKED, () => 'ok', LEASED);
  expect(api.ledger.held).toBeGreaterThan(0);
  await client.close();
  expect([api.ledger.used, api.ledger.held]).toEqual([1, 0]);
});

test('a request with an id of its own is asked at the API: its past is known there', async () => {
  const named = { ...ASKED, id: 'job-1' };
  await client.guard(named, () => 'ok', LEASED);
  await expect(client.guard(named, () => 'ok', LEASED)).rejects.toMatchObject({
    code: 'reservation_committed',
  });
  expect(api.of('reserve')).toHaveLength(2);
});

test('a failed run gives its part back to the lease', async () => {
  await client.guard(ASKED, () => 'ok', LEASED);
  const [{ body } = { body: { quantities: {} } }] = api.of('lease');
  const size = (body.quantities as { readonly tokens?: number }).tokens ?? 0;
  const fails = () => Promise.reject(new Error('no'));
  for (let run = 0; run < size; run += 1) {
    await expect(client.guard(ASKED, fails, LEASED)).rejects.toThrow('no');
  }
  expect(api.of('reserve')).toEqual([]);
});

test('the next lease is there before the last is used up', async () => {
  await client.guard(ASKED, () => 'ok', LEASED);
  for (let run = 0; run < 13; run += 1) await client.guard(ASKED, () => 'ok', LEASED);
  await until(() => api.of('lease').length === 2, 'a second lease', LIMIT_MS);
});

test('a lease that is still asked for goes back too', async () => {
  for (let run = 0; run < 13; run += 1) await client.guard(ASKED, () => 'ok', LEASED);
  await client.close();
  await until(() => api.of('lease').length === 2, 'a second lease', LIMIT_MS);
  expect([api.ledger.used, api.ledger.held]).toEqual([13, 0]);
});

test('usage of leases that is about to be sent does not hold up what is tracked', async () => {
  await client.guard(ASKED, () => 'ok', LEASED);
  expect(client.waiting).toBe(1);
  const event = { customer: 'acme', quantities: { images: 1 } };
  expect(await client.track(event)).toMatchObject({ status: 'recorded' });
});

test('count meters are in each lease, one for each request', async () => {
  const counting = fastClient(api, { leaseCountMeters: ['requests'] });
  await counting.guard({ ...ASKED, quantities: { tokens: 5 } }, () => 'ok', LEASED);
  await counting.close();
  expect(api.of('lease')[0]?.body.quantities).toEqual({ tokens: 100, requests: 20 });
  expect(api.of('return')[0]?.body.quantities).toEqual({ tokens: 95, requests: 19 });
});

describe('a lease that the app hands out itself', () => {
  async function block(tokens: number): Promise<LocalLease> {
    return client.lease({ customer: 'acme', quantities: { tokens }, ttlMs: 10_000 });
  }

  test('decides without a call; commits name it; what is left goes back', async () => {
    const lease = await block(100);
    const calls = api.received.length;
    const taken = [60, 30, 20].map((tokens) => lease.take({ tokens }));
    expect([taken.map((one) => one?.status), api.received.length]).toEqual([
      ['held', 'held', undefined],
      calls,
    ]);
    const [first, second] = taken;
    if (!first || !second) throw new Error('not granted');
    await client.commit(first, { quantities: { tokens: 50 } });
    await client.release(second);
    await client.flush();
    expect(api.of('events')[0]?.body.events).toMatchObject([
      { id: first.id, lease: lease.id, quantities: { tokens: 50 } },
    ]);
    await client.returnLease(lease);
    expect(api.of('return')[0]?.body.quantities).toEqual({ tokens: 50 });
    expect([api.ledger.used, api.ledger.held, lease.take({ tokens: 1 })]).toEqual([50, 0, null]);
  });

  test('a commit that is repeated counts once', async () => {
    const reservation = (await block(10)).take({ tokens: 4 });
    if (!reservation) throw new Error('not granted');
    await client.commit(reservation);
    await client.commit(reservation);
    await client.commit({ ...reservation });
    await client.flush();
    expect(api.ledger.used).toBe(4);
  });

  test('a denial is thrown', async () => {
    api.reset(5);
    await expect(block(6)).rejects.toMatchObject({ code: 'limit_reached' });
  });
});
