import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isSameProcess, processIdentity } from '../../cli/processIdentity.js';
import { STOP_LIMIT_MS, signalGroup } from '../servers/childProcess.js';
import { readJson, writeJson } from './jsonFile.js';

/** A child of the supervisor, as its pid file tells. */
interface PidFile {
  readonly pid: number;
  readonly identity: string | null;
}

/** Notes a child's process, so that the next start finds it should this run crash. */
export function notePid(dataFolder: string, name: string, pid: number): void {
  const file = pidFile(dataFolder, name);
  const row: PidFile = { pid, identity: processIdentity(pid) };
  writeJson(file, row);
}

/** Forgets a child that has ended. */
export function forgetPid(dataFolder: string, name: string): void {
  rmSync(pidFile(dataFolder, name), { force: true });
}

/**
 * Ends what a crashed run on this data folder left behind. Only a process whose start time is
 * the noted one is touched: the pid alone may be anybody's by now.
 * @returns names of the processes that were ended.
 */
export async function endCrashedRun(dataFolder: string): Promise<readonly string[]> {
  const folder = pidFolder(dataFolder);
  mkdirSync(folder, { recursive: true });
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const rows = names.map((name) => ({ name, ...(readJson(join(folder, name)) as PidFile) }));
  const left = rows.filter(({ pid, identity }) => isSameProcess(pid, identity));
  await Promise.all(left.map(({ pid, identity }) => end(pid, identity)));
  for (const name of names) rmSync(join(folder, name), { force: true });
  return left.map(({ name }) => name.replace(/\.json$/, ''));
}

async function end(pid: number, identity: string | null): Promise<void> {
  signalGroup(pid, 'SIGTERM');
  const over = Date.now() + STOP_LIMIT_MS;
  while (isSameProcess(pid, identity)) {
    if (Date.now() > over) signalGroup(pid, 'SIGKILL');
    if (Date.now() > over + STOP_LIMIT_MS) throw new Error(`process ${pid} can't be ended`);
    await wait(50);
  }
}

function pidFolder(dataFolder: string): string {
  return join(dataFolder, 'pids');
}

function pidFile(dataFolder: string, name: string): string {
  return join(pidFolder(dataFolder), `${name}.json`);
}
