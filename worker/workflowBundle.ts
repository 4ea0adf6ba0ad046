import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type WorkflowBundleOption } from '@temporalio/worker';
import { SHARED_MODULES, WORKFLOWS_PATH } from './workflowSources.js';

/** Workflow code for Temporal's sandbox: bundled once for what it is made of, then kept. */

/** What a bundle is made of, and what else decides about it; paths from the root. */
const SOURCES = ['workflows', 'billing', 'worker/workflowSources.ts', 'package.json'];

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** Bundles of other sources go after so long, ms. */
const KEPT_MS = 30 * 86_400_000;

/** Every source file below a path, from the root. */
async function filesOf(path: string): Promise<string[]> {
  if (!(await stat(join(ROOT, path))).isDirectory()) return [path];
  const names = await readdir(join(ROOT, path), { recursive: true });
  return names.filter((name) => name.endsWith('.ts')).map((name) => join(path, name));
}

async function contentHash(): Promise<string> {
  const files = (await Promise.all(SOURCES.map(filesOf))).flat().toSorted();
  const hash = createHash('sha256').update(process.version);
  for (const file of files) {
    hash.update(`\0${file}\0`).update(await readFile(join(ROOT, file)));
  }
  return hash.digest('hex').slice(0, 32);
}

/**
 * The bundle of today's sources: from `folder` where it is kept, else made (some seconds of
 * processor time) and kept there. A folder that can't be written costs only the time again.
 */
export async function workflowBundle(folder: string): Promise<WorkflowBundleOption> {
  const codePath = join(folder, `${await contentHash()}.js`);
  if (await isFile(codePath)) return { codePath };
  const { code } = await bundleWorkflowCode({
    workflowsPath: WORKFLOWS_PATH,
    preloadModules: [...SHARED_MODULES],
  });
  return (await keep(folder, codePath, code)) ? { codePath } : { code };
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    // Whatever is wrong with the folder is told when the bundle is to be kept there.
    return false;
  }
}

/** Written beside and renamed: a worker that starts meanwhile never reads half of it. */
async function keep(folder: string, codePath: string, code: string): Promise<boolean> {
  const beside = `${codePath}.${randomUUID()}`;
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(beside, code);
    await rename(beside, codePath);
    await removeOld(folder);
    return true;
  } catch (error) {
    const { code: reason } = error as NodeJS.ErrnoException;
    if (reason === undefined) throw error;
    process.stderr.write(`the workflow bundle is not kept in ${folder}: ${reason}\n`);
    return false;
  }
}

async function removeOld(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if ((await stat(path)).mtimeMs < Date.now() - KEPT_MS) await rm(path, { force: true });
  }
}
