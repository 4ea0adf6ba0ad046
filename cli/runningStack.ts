import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, isSameProcess } from './processIdentity.js';

/** Addresses of the running embedded stack: what `durabill status --json` prints. */
export interface RunningStack {
  /** Base URL of the API, no slash at its end. */
  readonly api: string;
  /** HOST:PORT of Temporal's gRPC service. */
  readonly temporal: string;
  /** URL of the Web UI; null when TEMPORAL_ADDRESS names a server of somebody else. */
  readonly temporalUi: string | null;
  /** Connection string of the ledger. */
  readonly mongodb: string;
  /** Base URL of the Stripe sandbox. */
  readonly stripe: string;
  /** A secret test key. */
  readonly key: string;
  /** Each server's own process; null while it is being restarted, or when it is not ours. */
  readonly pids: Readonly<Record<StackProcess, number | null>>;
}

/** Processes of the embedded stack. */
export type StackProcess = 'api' | 'worker' | 'temporal' | 'ledger' | 'stripe';

/** `stack.json` in the data folder: written by the supervisor, one whole file at a time. */
export interface StackFile extends RunningStack {
  readonly supervisor: { readonly pid: number; readonly identity: string | null };
}

/** Path of the file that tells where the stack of a data folder is. */
export function stackFilePath(dataFolder: string): string {
  return join(dataFolder, 'stack.json');
}

/**
 * The stack that runs on this data folder, or null: no file, or its supervisor is gone.
 * @throws Error when the file is there and can't be read.
 */
export async function runningStack(dataFolder: string): Promise<RunningStack | null> {
  let text: string;
  try {
    text = await readFile(stackFilePath(dataFolder), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const { supervisor, ...stack } = JSON.parse(text) as StackFile;
  const { pid, identity } = supervisor;
  // Where start times can't be read (Windows) the pid alone has to do.
  const runs = identity === null ? isAlive(pid) : isSameProcess(pid, identity);
  return runs ? stack : null;
}
