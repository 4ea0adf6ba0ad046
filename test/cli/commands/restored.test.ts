import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { HoldAsk } from '../../../billing/holds/asks.js';
import { PACKAGE_FOLDER } from '../../../cli/tsxProgram.js';
import { startEngine, type TestEngine } from '../../engine.js';

/** `durabill restored`: no customer goes on under the epoch that the backup knew. */

jest.setTimeout(120_000);

const ASK: HoldAsk = {
  type: 'reserve',
  id: 'r',
  user: null,
  quantities: { input_tokens: 1 },
  properties: {},
  ttlMs: 60_000,
  hash: 'r',
  forSettle: false,
};

let engine: TestEngine;

beforeAll(async () => {
  engine = await startEngine();
});

afterAll(() => engine.stop());

function restored(temporalAddress: string, ...args: readonly string[]) {
  const program = join(PACKAGE_FOLDER, 'cli/durabill.mjs');
  const env = { TEMPORAL_ADDRESS: temporalAddress };
  return new Promise<{ readonly code: number; readonly out: string }>((resolve) => {
    execFile(process.execPath, [program, 'restored', ...args], { env }, (error, out) => {
      resolve({ code: error === null ? 0 : Number(error.code), out });
    });
  });
}

test('every customer begins a new epoch, which the log names', async () => {
  const epochs = new Map<string, number>();
  for (const customer of ['one', 'two']) {
    await engine.create(customer, 'free@1', Date.UTC(2026, 0, 31));
    await engine.decide(customer, [ASK]);
    const { holds } = await engine.until(customer, ({ holds: { epoch } }) => epoch !== null);
    epochs.set(customer, holds.epoch ?? 0);
  }
  const { code, out } = await restored(engine.temporalAddress, '--json');
  expect([code, JSON.parse(out)]).toEqual([0, { customers: 2 }]);
  for (const [customer, before] of epochs) {
    const isNew = (epoch: number | null) => epoch !== null && epoch > before;
    const { holds } = await engine.until(customer, (state) => isNew(state.holds.epoch));
    // As long as leases that only the lost data knew may be handed out.
    expect(holds.servingFromMs).not.toBe(0);
  }
});

test('a Temporal that is not there is exit code 2', async () => {
  expect((await restored('127.0.0.1:1')).code).toBe(2);
});
