import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { runningStack, type RunningStack } from '../../cli/runningStack.js';
import { readSettings } from '../../cli/settings.js';
import { PACKAGE_FOLDER } from '../../cli/tsxProgram.js';
import { loadSecrets } from '../stack/secrets.js';
import { freshStackEnvironment } from './settings.js';

/** Time a stack of ours gets to end. */
const STOP_MS_MAX = 20_000;

/** A stack to work on. */
export interface DemoStack {
  readonly stack: RunningStack;
  /** Opens the sandbox; kept in the stack's data folder. */
  readonly stripeSecretKey: string;
  /** True for one that was started for this run, in a folder of its own. */
  readonly fresh: boolean;
  /** Ends a fresh one and removes its data; leaves any other as it is. */
  stop(): Promise<void>;
}

/** No stack runs and none could be started; `exitCode` is that of `durabill start`. */
export class NoStack extends Error {
  override readonly name = 'NoStack';

  constructor(readonly exitCode: number) {
    super(`durabill start ended with exit code ${exitCode}`);
  }
}

/** The stack that runs on the data folder; if there is none, a new one, started for this run. */
export async function findOrStartStack(): Promise<DemoStack> {
  const { dataFolder } = readSettings();
  const stack = await runningStack(dataFolder);
  if (!stack) return startStack();
  const { stripeSecretKey } = loadSecrets(dataFolder);
  return { stack, stripeSecretKey, fresh: false, stop: () => Promise.resolve() };
}

async function startStack(): Promise<DemoStack> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'durabill-demo-'));
  const command = join(PACKAGE_FOLDER, 'cli', 'durabill.mjs');
  const child = spawn(process.execPath, [command, 'start', '--free-ports', '--json'], {
    env: freshStackEnvironment(dataFolder),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    await endChild(child, exited);
    rmSync(dataFolder, { recursive: true, force: true });
  };
  try {
    const stack = await firstAnswer(child, exited);
    const { stripeSecretKey } = loadSecrets(dataFolder);
    return { stack, stripeSecretKey, fresh: true, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The JSON that `start --json` prints when everything is up. */
async function firstAnswer(child: ChildProcess, exited: Promise<unknown[]>): Promise<RunningStack> {
  if (!child.stdout) throw new Error('the output of durabill start can not be read');
  const lines = createInterface({ input: child.stdout });
  const line = await Promise.race([
    once(lines, 'line').then(([text]) => String(text)),
    exited.then(([code]) => {
      throw new NoStack(typeof code === 'number' ? code : 1);
    }),
  ]);
  return JSON.parse(line) as RunningStack;
}

async function endChild(child: ChildProcess, exited: Promise<unknown[]>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
  await exited;
  clearTimeout(kill);
}
