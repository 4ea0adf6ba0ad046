import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { PACKAGE_FOLDER } from '../../../cli/tsxProgram.js';
import type { Ledger } from '../../../ledger/contract.js';
import { openLedger } from '../../../ledger/open.js';
import { startServers, type TestServers } from '../../stack.js';

/** `durabill keys`: a key is shown once, and a revoked one opens nothing. */

jest.setTimeout(60_000);

let servers: TestServers;
let ledger: Ledger;

beforeAll(async () => {
  servers = await startServers({ temporal: false });
  ledger = await openLedger({ uri: servers.mongodbUri });
});

afterAll(async () => {
  await ledger.close();
  await servers.stop();
});

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

function durabill(mongodbUri: string, ...args: readonly string[]): Promise<Ended> {
  const program = join(PACKAGE_FOLDER, 'cli/durabill.mjs');
  const env = { MONGODB_URI: mongodbUri, DURABILL_DATA: servers.folder };
  return new Promise((resolve) => {
    execFile(process.execPath, [program, 'keys', ...args], { env }, (error, out, errors) => {
      const code = error === null ? 0 : Number(error.code);
      resolve({ code, out, errors });
    });
  });
}

const keys = (...args: readonly string[]) => durabill(servers.mongodbUri, ...args);

test('a key is printed once, works, and is listed without its secret', async () => {
  const made = await keys('create', '--mode', 'test', '--scope', 'ingest', '--json');
  const { key, id } = JSON.parse(made.out) as { readonly key: string; readonly id: string };
  expect(await ledger.keys.verify(key)).toMatchObject({ id, mode: 'test', scope: 'ingest' });
  const listed = await keys('list', '--json');
  expect(JSON.parse(listed.out)).toMatchObject([{ id, scope: 'ingest', revokedAt: null }]);
  expect(listed.out).not.toContain(key);
  expect((await keys('list')).out).not.toContain(key);
});

test('a revoked key opens nothing; one that is not there is exit code 1', async () => {
  const { key, secret } = await ledger.keys.create('live', 'secret');
  const first = await keys('revoke', key.id);
  expect([first.code, await ledger.keys.verify(secret)]).toEqual([0, null]);
  expect((await keys('revoke', 'key_none')).code).toBe(1);
});

test('wrong use and a missing ledger are exit code 2, and say the way out', async () => {
  expect((await keys('create')).code).toBe(2);
  expect((await keys('create', '--mode', 'prod')).code).toBe(2);
  const nowhere = await durabill('', 'list');
  expect(nowhere.code).toBe(2);
  expect(nowhere.errors).toMatch(/MONGODB_URI/);
});
