import { setTimeout as wait } from 'node:timers/promises';
import { Problem } from '../../api/errors/problem.js';
import type { HoldAnswer, HoldAsk } from '../../billing/holds/asks.js';
import { startEngine, type TestEngine } from '../engine.js';

/** Holds on real servers: asks by Update, fences by activity, rebuilt from the log. */

const ANCHOR_MS = Date.UTC(2026, 0, 31, 10, 30);

let engine: TestEngine;

beforeAll(async () => {
  engine = await startEngine({ historyLengthMax: 400 });
}, 120_000);

afterAll(async () => {
  await engine.stop();
});

const reserve = (id: string, tokens: number, ttlMs = 60_000): HoldAsk => ({
  type: 'reserve',
  id,
  user: 'u1',
  quantities: { input_tokens: tokens },
  properties: {},
  ttlMs,
  hash: `${tokens}`,
  forSettle: false,
});

/** Answers once the holds are in service; a worker that is away answers later. */
async function decide(customer: string, asks: readonly HoldAsk[]): Promise<readonly HoldAnswer[]> {
  const overMs = Date.now() + 30_000;
  for (;;) {
    const answers = await attempt(customer, asks);
    if (answers?.every(({ type }) => type !== 'later')) return answers;
    if (Date.now() > overMs) throw new Error(JSON.stringify(answers));
    await wait(20);
  }
}

/** Null: the outcome is unknown. */
async function attempt(customer: string, asks: readonly HoldAsk[]) {
  try {
    return (await engine.decide(customer, asks)).answers;
  } catch (error) {
    if (error instanceof Problem && error.code === 'unavailable') return null;
    throw error;
  }
}

const typesOf = (answers: readonly HoldAnswer[]) => answers.map(({ type }) => type);

it('grants what fits of many asks in one Update, refuses the rest without history', async () => {
  await engine.create('many', 'free@1', ANCHOR_MS);
  const asks = Array.from({ length: 20 }, (_, n) => reserve(`r${n}`, 1_500));
  const first = await decide('many', asks);
  expect(typesOf(first).filter((type) => type === 'granted')).toHaveLength(6);
  expect(first.filter(({ type }) => type === 'denied')).toHaveLength(14);
  const before = await engine.handle('many').describe();
  const again = await decide('many', [reserve('r6', 1_500)]);
  expect(again).toMatchObject([{ denial: { code: 'held_by_concurrent_requests' } }]);
  expect(await decide('many', [reserve('r0', 1_500)])).toMatchObject([{ type: 'granted' }]);
  expect((await engine.handle('many').describe()).historyLength).toBe(before.historyLength);
});

it('ends a hold past its time by a fence in the log, and grants what it held', async () => {
  await engine.create('short', 'free@1', ANCHOR_MS);
  const [answer] = await decide('short', [reserve('brief', 10_000, 1_000)]);
  if (answer?.type !== 'granted') throw new Error(JSON.stringify(answer));
  const state = await engine.until('short', ({ holds }) => holds.open.size === 0);
  const groups = await engine.ledger.log.groups(state.key, 1, 100);
  const fences = groups.flatMap(({ entries }) => entries).filter(({ kind }) => kind === 'fence');
  expect(fences.map(({ id }) => id.split('-')[0])).toEqual(['fence/epoch', 'fence/expired']);
  expect(fences.at(-1)).toMatchObject({ fence: { type: 'expired', holds: [answer.hold] } });
  expect(typesOf(await decide('short', [reserve('next', 10_000)]))).toEqual(['granted']);
});

it('keeps its holds through a killed worker and a run that continues as new', async () => {
  await engine.create('kept', 'pro@1', ANCHOR_MS);
  await decide('kept', [reserve('first', 190_000)]);
  const { runId } = await engine.handle('kept').describe();
  await engine.killWorker();
  engine.startWorker();
  for (let n = 0; (await engine.handle('kept').describe()).runId === runId; n += 1) {
    if (n > 200) throw new Error('the run did not continue as new');
    await decide('kept', [reserve(`small-${n}`, 1)]);
  }
  const [denied] = await decide('kept', [reserve('too-much', 10_000)]);
  expect(denied).toMatchObject({ denial: { code: 'held_by_concurrent_requests' } });
  const [repeated] = await decide('kept', [reserve('first', 190_000)]);
  expect(repeated).toMatchObject({ type: 'granted', quantities: { input_tokens: 190_000 } });
}, 90_000);

it('voids the holds of a workflow that was deleted and goes on from the log', async () => {
  await engine.create('deleted', 'free@1', ANCHOR_MS);
  await decide('deleted', [reserve('old', 9_000)]);
  await engine.handle('deleted').terminate('the test takes it away');
  const asked = { ...reserve('new', 10_000), forSettle: true };
  expect(typesOf(await decide('deleted', [asked]))).toEqual(['granted']);
  const { answers } = await engine.decide('deleted', [reserve('soon', 1)]);
  expect(answers).toMatchObject([{ reason: 'leases of an older epoch may live' }]);
});
