import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Durabill } from '../../../client/durabill.js';
import { ApiDouble } from '../double/server.js';
import { fastClient } from '../fastClient.js';
import { FULL_UNITS, matrixRows, STREAMS, type Case } from './cases.js';
import { killedAt } from './killing.js';
import { Provider } from './provider.js';
import { printMatrix } from './table.js';
import { WAYS, type WayName } from './ways.js';
import { until } from '../../until.js';

/** Whatever fails on the way: billed once per success, never otherwise. */

jest.setTimeout(60_000);

const LIMIT_MS = 5_000;

const api = new ApiDouble();
const shown = new Map<string, Map<string, string>>();
let folder = '';

beforeAll(async () => {
  await api.start();
  folder = await mkdtemp(join(tmpdir(), 'durabill-matrix-'));
});

afterAll(async () => {
  await api.stop();
  await rm(folder, { recursive: true });
  printMatrix(shown, Object.keys(WAYS));
});

/** Units of each usage that counted, also for the table. */
function billed(name: string, way: WayName): readonly number[] {
  const units = api.ledger.counted.map(({ quantities }) => {
    return Object.values(quantities).reduce((total, quantity) => total + quantity, 0);
  });
  const cells = shown.get(name) ?? new Map<string, string>();
  shown.set(name, cells.set(way, units.length === 0 ? '0' : `${units.length} x ${units[0]}`));
  return units;
}

async function sendRest(client: Durabill): Promise<void> {
  for (let flush = 0; flush < 10 && client.waiting > 0; flush += 1) {
    await client.flush().catch(() => undefined);
  }
  await client.close(1_000);
}

async function work(row: Case, way: WayName): Promise<void> {
  api.reset(row.limit);
  for (const [route, fault, times] of row.faults ?? []) api.fail(route, fault, times);
  const client = fastClient(api);
  const caller = new AbortController();
  const provider = new Provider(row.attempts);
  const done = WAYS[way](client, provider, caller.signal).then(
    () => 'success',
    () => 'failure',
  );
  if (row.givesUp) {
    await until(() => provider.isSilent, 'the provider shows no more', LIMIT_MS);
    caller.abort(new Error('gone'));
  }
  expect(await done).toBe(row.billed > 0 || row.name === 'cache hit' ? 'success' : 'failure');
  await sendRest(client);
}

test.each(matrixRows())('%s, by %s: billed once per success', async (name, way, row) => {
  await work(row, way);
  const units = STREAMS.includes(way) ? (row.streamBilled ?? row.billed) : row.billed;
  expect(billed(name, way)).toEqual(units === 0 ? [] : [units]);
  // A release that the API never confirms leaves a hold; it ends with its time.
  await until(() => api.ledger.held === 0, 'nothing is held', 3_000);
});

const ALL = Object.keys(WAYS) as readonly WayName[];

/** A lease ends a minute after its process, which no test waits for. */
const HOLDING: readonly WayName[] = ALL.filter((way) => way !== 'guard, lease');

test.each(ALL)('process killed at work, by %s: nothing is billed', async (way) => {
  api.reset();
  await killedAt('silent', way, 'silent', api.url, join(folder, 'at-work'));
  expect(api.ledger.held).toBeGreaterThan(0);
  expect(billed('process killed at work', way)).toEqual([]);
  if (HOLDING.includes(way)) await until(() => api.ledger.held === 0, 'nothing is held', 3_000);
});

test.each(ALL)('API away, process killed after its work, by %s: billed once', async (way) => {
  api.reset();
  api.fail('commit', 'away', 1_000);
  api.fail('events', 'away', 1_000);
  const journal = { folder: join(folder, 'after-work') };
  await killedAt('done', way, 'ok', api.url, journal.folder);
  expect(api.ledger.counted).toEqual([]);
  api.mend();
  const client = fastClient(api, { journal });
  await client.flush();
  await client.close();
  const again = fastClient(api, { journal });
  await again.flush();
  await again.close();
  expect(billed('process killed, sent by the next', way)).toEqual([FULL_UNITS]);
});
