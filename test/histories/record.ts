import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { cellOf } from '../../billing/cells.js';
import type { HoldAsk } from '../../billing/holds/asks.js';
import { until } from '../until.js';
import { startEngine, usage, type TestEngine } from '../engine.js';

/**
 * `node --import tsx test/histories/record.ts SHAPE`: records what customers' workflows do now,
 * one set for each released shape of the workflow. Old sets stay and are replayed for ever.
 */

const ANCHOR_MS = Date.UTC(2026, 0, 31, 10, 30);
const HOUR_MS = 3_600_000;

/** A free customer with usage and a period that ends without an invoice. */
async function freePeriod(engine: TestEngine): Promise<string> {
  await engine.create('free', 'free@1', ANCHOR_MS);
  await engine.use('free', [usage('f-1', ANCHOR_MS + HOUR_MS, { input_tokens: 1_000 })]);
  await engine.periodEnd('free', 'end');
  return 'free';
}

/** A paying customer: start, a cycle, usage that comes late, the next cycle with its item. */
async function paidPeriods(engine: TestEngine): Promise<string> {
  await engine.create('paid', 'pro@1', ANCHOR_MS);
  await engine.use('paid', [usage('p-1', ANCHOR_MS + HOUR_MS, { input_tokens: 2_000_000 })]);
  await engine.periodEnd('paid', 'end-0');
  await engine.use('paid', [usage('p-2', ANCHOR_MS + HOUR_MS, { input_tokens: 900_000 })]);
  await engine.periodEnd('paid', 'end-1');
  return 'paid';
}

/** A worker that dies while the period is being closed. */
async function killedClose(engine: TestEngine): Promise<string> {
  const state = await engine.create('killed', 'scale@1', ANCHOR_MS);
  await engine.use('killed', [usage('k-1', ANCHOR_MS + HOUR_MS, { input_tokens: 3_000_000 })]);
  const toMs = state.segments[0]?.endMs ?? 0;
  await engine.command('killed', 'end', { type: 'clock', toMs, segment: 0 });
  await engine.killWorker();
  engine.startWorker();
  await engine.until('killed', (known) => known.segments[0]?.stage === 'billed');
  return 'killed';
}

/** Holds: granted, denied, leased and given back, ended by a fence; a freeze; a dead worker. */
async function heldAndEnded(engine: TestEngine): Promise<string> {
  await engine.create('held', 'free@1', ANCHOR_MS);
  await inService(engine, 'held');
  await engine.decide('held', [reserve('brief', 500, 1_000), reserve('long', 500, 600_000)]);
  await engine.decide('held', [reserve('too-much', 10_000, 60_000)]);
  const { answers } = await engine.decide('held', [LEASE]);
  const [leased] = answers;
  if (leased?.type !== 'granted') throw new Error(JSON.stringify(leased));
  await engine.decide('held', [{ type: 'shrink', hold: leased.hold, size: { input_tokens: 100 } }]);
  await engine.use('held', [usage('h-1', Date.now(), { input_tokens: 9_000 })]);
  await engine.killWorker();
  engine.startWorker();
  await engine.until('held', ({ holds }) => !cellOf(holds.open, 'brief'));
  const frozen = { type: 'freeze', reason: 'recorded', atMs: Date.now() } as const;
  await engine.command('held', 'freeze', frozen);
  await engine.until('held', ({ status, controls }) => status === 'active' && !!controls.frozen);
  return 'held';
}

/** Another plan now, one at the end of the period, then a cancellation, each with its invoices. */
async function changedPlans(engine: TestEngine): Promise<string> {
  const id = 'changed';
  await engine.create(id, 'pro@1', ANCHOR_MS);
  await engine.use(id, [usage('c-1', ANCHOR_MS + HOUR_MS, { input_tokens: 2_000_000 })]);
  const { snapshots } = engine.published;
  const [scale, pro] = [snapshots['scale@1'], snapshots['pro@1']];
  if (!scale || !pro) throw new Error('the catalogue has pro and scale');
  const toMs = ANCHOR_MS + 120 * HOUR_MS;
  await engine.command(id, 'on', { type: 'clock', toMs, segment: null });
  const { clock } = await engine.until(id, (known) => known.clock.reached > 0);
  const atMs = Date.now() + clock.offsetMs;
  await engine.command(id, 'up', { type: 'customer', plan: scale, details: {}, atMs });
  await engine.until(id, ({ plan, segments }) =>
    plan?.id === 'scale' && segments[0]?.stage === 'billed');
  await engine.command(id, 'down', { type: 'schedule', plan: pro, atMs });
  await engine.periodEnd(id, 'end');
  await engine.until(id, ({ plan, stripe }) => plan?.id === 'pro' && stripe?.plan?.id === 'pro');
  await engine.command(id, 'leave', { type: 'cancel', next: null, atMs: Date.now() });
  await engine.until(id, ({ status, segments }) =>
    status === 'canceled' && isDone(segments.at(-1)?.stage));
  return id;
}

const isDone = (stage: string | undefined) => stage === 'billed' || stage === 'empty';

const LEASE: HoldAsk = {
  type: 'lease',
  id: 'lease',
  user: 'u1',
  properties: {},
  atLeast: { input_tokens: 10 },
  upTo: { input_tokens: 200 },
  ttlMs: 70_000,
  hash: 'lease',
  holder: null,
};

function reserve(id: string, tokens: number, ttlMs: number): HoldAsk {
  const asked = { id, user: 'u1', quantities: { input_tokens: tokens }, properties: {}, ttlMs };
  return { type: 'reserve', ...asked, hash: String(tokens), forSettle: false };
}

/** The first ask of all is answered `later`: its epoch is on the way. */
async function inService(engine: TestEngine, customer: string): Promise<void> {
  const ask = async () =>
    (await engine.decide(customer, [reserve('first', 1, 60_000)])).answers[0]?.type === 'granted';
  await until(ask, 'holds in service', 30_000);
}

async function save(engine: TestEngine, folder: string, customer: string): Promise<void> {
  const history = await engine.handle(customer).fetchHistory();
  const json = historyToJSON(history);
  const text = typeof json === 'string' ? json : JSON.stringify(json, null, 1);
  await writeFile(join(folder, `${customer}.json`), `${text}\n`);
  process.stdout.write(`${customer}: ${history.events?.length ?? 0} events\n`);
}

async function main(shape: string): Promise<void> {
  if (!/^[a-z][a-z-]*$/.test(shape)) throw new Error('name the shape, such as first-close');
  const folder = join(dirname(fileURLToPath(import.meta.url)), shape);
  await mkdir(folder, { recursive: true });
  const engine = await startEngine();
  try {
    for (const live of [
      ...[freePeriod, paidPeriods, killedClose],
      ...[heldAndEnded, changedPlans],
    ]) {
      await save(engine, folder, await live(engine));
    }
  } finally {
    await engine.stop();
  }
}

main(process.argv[2] ?? '').catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
