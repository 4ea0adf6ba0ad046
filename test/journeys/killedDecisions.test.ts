import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { StackProcess } from '../../cli/runningStack.js';
import type { Ledger } from '../../ledger/contract.js';
import { openLedger } from '../../ledger/open.js';
import { startStack, type TestStack } from '../stack.js';
import { until } from '../until.js';
import { Chance } from '../simulation/chance.js';
import { ApiProcess } from './apiProcess.js';
import { DecisionApp } from './decisionApp.js';
import { DecisionRound } from './decisionRound.js';
import { roundsLimitMs, roundsOf } from './settings.js';

/** Hard limits hold while any process is killed -9 or stopped, and what was said stands. */

const ROUNDS = roundsOf(1);

jest.setTimeout(roundsLimitMs(ROUNDS, 60_000));

const ENVIRONMENT = {
  DURABILL_CATALOGUE: join(__dirname, 'decisions.catalogue.json'),
  DURABILL_LEASES: 'always',
};
const CAP = 1_000;

/** Grants that a round has at least, before and after its kill. */
const GRANTS = 48;

let stack: TestStack;
let other: ApiProcess;
let app: DecisionApp;
let ledger: Ledger;

async function open(folder?: string): Promise<void> {
  stack = await startStack({ environment: ENVIRONMENT, folder });
  other = await ApiProcess.start(stack, ENVIRONMENT);
  app = new DecisionApp(() => [stack.api, other.url], stack.key);
  ledger = await openLedger({ uri: stack.mongodb });
}

async function close(keepFolder = false): Promise<void> {
  await ledger.close();
  await other.stop();
  await stack.stop({ keepFolder });
}

beforeAll(() => open());
afterAll(() => close());

const VICTIMS: readonly (StackProcess | 'the other api')[] = [
  'the other api',
  'api',
  'worker',
  'temporal',
  'ledger',
];

it.each(VICTIMS)('grants nothing over the limit, loses no commit: kill -9 of %s', async (who) => {
  for (let n = 0; n < ROUNDS; n += 1) await killIn(n, who);
});

/** One round: clients at work, one process dies among them, clients go on. */
async function killIn(n: number, who: (typeof VICTIMS)[number]): Promise<void> {
  const seed = jest.getSeed() + n;
  const customer = `killed-${who.replaceAll(' ', '-')}-${n}`;
  await app.put(customer, 'thousand');
  const round = new DecisionRound(app, customer, CAP, seed);
  let isOver = false;
  const running = round.run(() => isOver);
  await wait(100 + new Chance(seed).whole(0, 400));
  await (who === 'the other api' ? other.kill() : stack.kill(who));
  await until(() => round.granted > GRANTS, 'grants around a kill', 90_000);
  isOver = true;
  await running;
  expect(await round.faults(ledger)).toEqual([]);
  for (const url of [stack.api, other.url]) await writesAlone(url, customer);
  const { granted, denied } = round;
  process.stderr.write(`kill -9 of ${who}, ${n + 1}: ${granted} granted, ${denied} denied\n`);
}

/** What clients don't see who turn to another process: one that never writes again. */
async function writesAlone(url: string, customer: string): Promise<void> {
  const alone = new DecisionApp(() => [url], stack.key);
  const event = { id: `after-${new URL(url).port}`, customer, quantities: { input_tokens: 1 } };
  expect((await alone.ask('POST', '/v1/events', event)).status).toBe(200);
}

it('lets a process that was stopped past its leases grant nothing of them', async () => {
  await app.put('stopped', 'thousand');
  const asleep = new DecisionApp(() => [other.url], stack.key);
  const held = [];
  for (let n = 0; n < 30; n += 1) {
    const { status, body } = await asleep.reserve('stopped', 10, {});
    expect(status).toBe(201);
    held.push({ id: String(body['id']), token: String(body['token']) });
  }
  other.signal('SIGSTOP');
  const awake = new DecisionApp(() => [stack.api], stack.key);
  const to = new Date(Date.now() + 90_000).toISOString();
  await awake.ask('POST', '/v1/test/clock', { customer: 'stopped', to });
  const all = await awake.reserve('stopped', CAP, { id: 'all', ttlMs: 600_000 });
  expect(all.status).toBe(201);
  await wait(10_500);
  other.signal('SIGCONT');
  expect((await asleep.reserve('stopped', 1)).status).toBe(429);
  for (const { id, token } of held) {
    const path = `/v1/reservations/${encodeURIComponent(id)}/commit`;
    const { status, body } = await asleep.ask('POST', path, { token });
    expect([status, body['committed'], body['writeOff']]).toEqual([200, {}, { input_tokens: 10 }]);
  }
  await app.commit('stopped', 'all');
  expect(await app.limit('stopped')).toEqual({ used: CAP, held: 0 });
});

it('counts the same when the data of Temporal is gone', async () => {
  const round = new DecisionRound(app, 'rebuilt', CAP, 7);
  await app.put('rebuilt', 'thousand');
  const overMs = Date.now() + 1_500;
  await round.run(() => Date.now() > overMs);
  const before = await app.limit('rebuilt');
  const { folder } = stack;
  await close(true);
  await rm(join(folder, 'temporal'), { recursive: true });
  await open(folder);
  expect(await round.faults(ledger)).toEqual([]);
  expect((await app.limit('rebuilt')).used).toBe(before.used);
});
