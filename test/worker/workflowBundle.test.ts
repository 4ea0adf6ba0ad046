import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { workflowBundle } from '../../worker/workflowBundle.js';

/** Workflow code is bundled once for the same sources. */

jest.setTimeout(120_000);

let folder: string;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  folder = await mkdtemp(join(tmpdir(), 'durabill-bundles-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('a bundle is kept whole, found again, and old ones go', async () => {
  const old = join(folder, 'old.js');
  await writeFile(old, 'of other sources');
  await utimes(old, 0, 0);
  const first = await workflowBundle(folder);
  if (!('codePath' in first)) throw new Error('the bundle was not kept');
  expect(await readFile(first.codePath, 'utf8')).toContain('customerBilling');
  expect((await readdir(folder)).map((name) => join(folder, name))).toEqual([first.codePath]);
  await writeFile(first.codePath, 'kept');
  expect(await workflowBundle(folder)).toEqual(first);
  expect(await readFile(first.codePath, 'utf8')).toBe('kept');
});

test('a folder that can not be written costs the time alone', async () => {
  const file = join(folder, 'file');
  await writeFile(file, '');
  expect(await workflowBundle(join(file, 'below'))).toMatchObject({
    code: expect.stringContaining('customerBilling') as string,
  });
});
