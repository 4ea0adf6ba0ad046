import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
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
    for (const live of [freePeriod, paidPeriods, killedClose]) {
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
