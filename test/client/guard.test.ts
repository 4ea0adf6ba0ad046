import { DurabillError, type Durabill } from '../../client/durabill.js';
import { ApiDouble } from './double/server.js';
import { fastClient } from './fastClient.js';
import { until } from '../until.js';

/** `guard`: work and its counting end together, once. */

const LIMIT_MS = 5_000;

const api = new ApiDouble();
let client: Durabill;
const ASKED = { customer: 'acme', quantities: { output_tokens: 100 } };

beforeAll(() => api.start());
beforeEach(() => {
  api.reset();
  client = fastClient(api);
});
afterEach(() => client.close(500));
afterAll(() => api.stop());

test('a success counts what was used, not what was reserved, and returns the value', async () => {
  const value = await client.guard(ASKED, ({ reservation }) => {
    expect(reservation?.status).toBe('held');
    return { value: 'answer', quantities: { output_tokens: 40 } };
  });
  expect(value).toBe('answer');
  expect(api.ledger.counted.map(({ quantities }) => quantities)).toEqual([{ output_tokens: 40 }]);
  expect(api.ledger.held).toBe(0);
});

test('without quantities all that was reserved counts; `usageOf` reads them off', async () => {
  expect(await client.guard(ASKED, () => 'bare')).toBe('bare');
  const usageOf = ({ tokens }: { readonly tokens: number }) => {
    return { quantities: { output_tokens: tokens } };
  };
  expect(await client.guard(ASKED, () => ({ tokens: 7 }), { usageOf })).toEqual({ tokens: 7 });
  expect(api.ledger.used).toBe(107);
});

test('a failure counts nothing, gives the quota back and keeps its own error', async () => {
  const fault = new Error('provider 500');
  await expect(client.guard(ASKED, () => Promise.reject(fault))).rejects.toBe(fault);
  expect([api.ledger.used, api.ledger.held]).toEqual([0, 0]);
});

test('a denial runs nothing, is asked once, and says why', async () => {
  api.reset(50);
  let runs = 0;
  const denied = client.guard(ASKED, () => (runs += 1));
  await expect(denied).rejects.toMatchObject({
    name: 'DurabillError',
    code: 'limit_reached',
    status: 402,
    retryable: false,
    detail: 'operator: limit_reached',
    message: 'user: limit_reached',
    action: 'wait',
    requestId: 'req_1',
    limits: [{ id: 'all', max: 50 }],
  });
  expect([runs, api.of('reserve').length]).toEqual([0, 1]);
});

test('an id that failed runs again; one that is counted does not', async () => {
  const named = { ...ASKED, id: 'job-1' };
  const fails = () => Promise.reject(new Error('first'));
  await expect(client.guard(named, fails)).rejects.toThrow('first');
  expect(await client.guard(named, () => 'second')).toBe('second');
  await expect(client.guard(named, () => 'third')).rejects.toMatchObject({
    code: 'reservation_committed',
  });
  expect(api.ledger.counted.map(({ id }) => id)).toEqual(['job-1~2']);
});

test('work that outlives its reservation keeps it: extended until the work ends', async () => {
  const asked = { ...ASKED, ttlMs: 300 };
  const extended = () => api.of('extend').length >= 3;
  await client.guard(asked, () => until(extended, 'extended', LIMIT_MS));
  const count = api.of('extend').length;
  expect([api.ledger.used, api.ledger.held]).toEqual([100, 0]);
  expect([...api.ledger.holds.values()][0]?.status).toBe('committed');
  await client.guard(asked, () => undefined);
  expect(api.of('extend').length).toBe(count);
});

test('with the API away: denied by default, run and recorded later if allowed', async () => {
  await api.stop();
  let runs = 0;
  const denied = client.guard(ASKED, () => (runs += 1));
  await expect(denied).rejects.toMatchObject({ code: 'unavailable', retryable: true, status: 0 });
  expect(runs).toBe(0);
  const options = { onUnavailable: 'allow' } as const;
  const run = () => ({ value: 'ran', quantities: { output_tokens: 9 } });
  expect(await client.guard(ASKED, run, options)).toBe('ran');
  await api.start();
  await client.flush();
  expect(api.ledger.counted.map(({ quantities }) => quantities)).toEqual([{ output_tokens: 9 }]);
});

test('a denial stands with `onUnavailable: allow` too', async () => {
  api.reset(50);
  const denied = client.guard(ASKED, () => 1, { onUnavailable: 'allow' });
  await expect(denied).rejects.toBeInstanceOf(DurabillError);
});

test('a commit that is refused for good is thrown: no success without its count', async () => {
  const run = client.guard(ASKED, async ({ reservation }) => {
    api.ledger.release(reservation?.id ?? '');
    return 'done';
  });
  await expect(run).rejects.toMatchObject({ code: 'reservation_released' });
});

test('20 at once of 75 against 500: 6 run, 14 are denied', async () => {
  api.reset(500);
  client = fastClient(api, { retry: { attemptsMax: 1 } });
  const asked = { customer: 'acme', quantities: { output_tokens: 75 } };
  const runs = Array.from({ length: 20 }, () => client.guard(asked, () => 'ok'));
  const codes = (await Promise.allSettled(runs)).map((run) => {
    return run.status === 'fulfilled' ? 'ok' : (run.reason as DurabillError).code;
  });
  expect(codes.filter((code) => code === 'ok')).toHaveLength(6);
  expect(api.ledger.used).toBe(450);
});
