import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateText, wrapLanguageModel } from 'ai';
import { durabillMiddleware } from '../../client/aiSdk.js';
import { Durabill, type Loss } from '../../client/durabill.js';
import { startStack, type TestStack } from '../stack.js';
import { until } from '../until.js';
import { PROMPT, Provider } from './matrix/provider.js';

/** The client against the API itself: the same promises as against its double. */

jest.setTimeout(180_000);

const LIMIT_MS = 30_000;

let stack: TestStack;
let folder = '';
let client: Durabill;
const losses: Loss[] = [];

beforeAll(async () => {
  stack = await startStack();
  folder = await mkdtemp(join(tmpdir(), 'durabill-client-'));
  const onLoss = (loss: Loss) => losses.push(loss);
  client = new Durabill({ url: stack.api, key: stack.key, journal: { folder }, onLoss });
});

afterAll(async () => {
  await client.close();
  await stack.stop();
  await rm(folder, { recursive: true });
});

/** A customer of its own on the plan. */
async function customerOn(plan: string, id: string): Promise<string> {
  expect((await client.putCustomer(id, { plan })).id).toBe(id);
  return id;
}

async function used(customer: string, meter: string): Promise<number> {
  return (await client.customer(customer)).usage[meter]?.quantity ?? 0;
}

async function untilUsed(customer: string, meter: string, units: number): Promise<void> {
  await until(async () => (await used(customer, meter)) === units, `${units} ${meter}`, LIMIT_MS);
}

test('guard counts what was used; check, usage and a denial speak as the API does', async () => {
  const customer = await customerOn('pro', 'guarded');
  const asked = { customer, user: 'u_1', quantities: { output_tokens: 1_000 } };
  const run = () => ({ value: 'ok', quantities: { output_tokens: 640 } });
  expect(await client.guard(asked, run)).toBe('ok');
  await expect(client.guard(asked, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await client.guard(asked, () => ({ value: 1, cacheHit: true }));
  await untilUsed(customer, 'tokens', 640);
  const { data } = await client.usage({ customer, meter: 'output_tokens', bucket: 'total' });
  expect(data.map(({ quantity }) => quantity)).toEqual([640]);
  const much = { ...asked, quantities: { output_tokens: 200_000 } };
  expect(await client.check(much)).toMatchObject({ allowed: false });
  await expect(client.guard(much, () => 'never')).rejects.toMatchObject({
    code: 'limit_reached',
    status: 402,
    action: 'wait',
    limits: [{ id: 'tokens-user', max: 200_000, used: 640, held: 0 }],
  });
});

test('an id that ran is not run again; one that failed is', async () => {
  const customer = await customerOn('pro', 'named');
  const asked = { id: 'job-1', customer, user: 'u_1', quantities: { output_tokens: 10 } };
  await expect(client.guard(asked, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await client.guard(asked, () => 'second')).toBe('second');
  await expect(client.guard(asked, () => 'third')).rejects.toMatchObject({
    code: 'reservation_committed',
  });
  await untilUsed(customer, 'tokens', 10);
});

test('local leases: counted to the unit, and nothing is held once the client closed', async () => {
  const customer = await customerOn('pro', 'leased');
  const leasing = new Durabill({
    url: stack.api,
    key: stack.key,
    leaseCountMeters: ['requests'],
  });
  const asked = { customer, user: 'u_1', quantities: { output_tokens: 7 } };
  for (let round = 0; round < 5; round += 1) {
    const runs = Array.from({ length: 40 }, () => {
      return leasing.guard(asked, () => 'ok', { lease: true });
    });
    await Promise.all(runs);
  }
  await leasing.close();
  await untilUsed(customer, 'tokens', 1_400);
  const held = async () => (await client.customer(customer)).usage['tokens']?.held === 0;
  await until(held, 'nothing held', LIMIT_MS);
});

test('a call of the AI SDK is counted by kind', async () => {
  const customer = await customerOn('pro', 'talking');
  const middleware = durabillMiddleware(client, { customer, user: 'u_1' });
  const model = wrapLanguageModel({ model: new Provider(['fails', 'ok']).model(), middleware });
  await generateText({ model, prompt: PROMPT });
  await untilUsed(customer, 'input_tokens', 10);
  expect(await used(customer, 'output_tokens')).toBe(30);
});

test('API killed with -9: events and a commit are kept and counted once it is back', async () => {
  const customer = await customerOn('pro', 'patient');
  const asked = { customer, user: 'u_1', quantities: { output_tokens: 100 } };
  const reservation = await client.reserve(asked);
  const restarted = stack.kill('api');
  let [tracked, status] = [0, ''];
  for (; status !== 'buffered' && tracked < 10_000; tracked += 1) {
    const event = { id: `e${tracked}`, customer, quantities: { output_tokens: 1 } };
    ({ status } = await client.track(event));
  }
  expect(status).toBe('buffered');
  await client.commit(reservation, { quantities: { output_tokens: 50 } });
  await restarted;
  await client.flush();
  await untilUsed(customer, 'output_tokens', tracked + 50);
  expect(losses).toEqual([]);
});
