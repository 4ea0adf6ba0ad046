import { spawn } from 'node:child_process';
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

/** Time a server has to stop after SIGTERM before SIGKILL. */
export const STOP_LIMIT_MS = 5_000;

/** How a process ended, in words: `exit code 1`, `killed by SIGKILL`, `ENOENT`. */
export type Ending = string;

/** A process that can't outlive this one, not even when this one is killed with -9. */
export interface WatchedChild {
  readonly process: ChildProcess;
  /** 0 when it could not be started. */
  readonly pid: number;
  /** Resolves when it has ended, or could not be started. Never rejects. */
  readonly ended: Promise<Ending>;
  /** SIGTERM, SIGKILL after 5 s; resolves when it has ended. */
  stop(): Promise<void>;
}

const WATCHDOG = fileURLToPath(new URL('watchdog.mjs', import.meta.url));

const watched = new Set<number>();
let watchdog: ChildProcess | null = null;
/** How often a killed watchdog is replaced in the life of this process. */
let watchdogsLeft = 10;

/**
 * Starts a process in a group of its own, so that Ctrl-C reaches only us and we stop the
 * children in order. A watchdog process kills it should we die without doing so.
 */
export function spawnWatched(
  command: string,
  args: readonly string[],
  options: SpawnOptions,
): WatchedChild {
  watchdog ??= startWatchdog();
  const detached = process.platform !== 'win32';
  const child = spawn(command, args, { ...options, detached, windowsHide: true });
  const pid = child.pid ?? 0;
  if (pid !== 0) watch(pid);
  const ended = new Promise<Ending>((done) => {
    child.once('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
    child.once('exit', (code, signal) => {
      done(signal === null ? `exit code ${code}` : `killed by ${signal}`);
    });
  }).finally(() => forget(pid));
  return { process: child, pid, ended, stop: () => stop(child, ended) };
}

/** Signals a process and everything it started. False when it is gone. */
export function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
    return true;
  } catch {
    return false;
  }
}

async function stop(child: ChildProcess, ended: Promise<Ending>): Promise<void> {
  const { pid } = child;
  // A pid that has ended may be somebody else's by now.
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  signalGroup(pid, 'SIGTERM');
  const force = setTimeout(() => signalGroup(pid, 'SIGKILL'), STOP_LIMIT_MS);
  await ended;
  clearTimeout(force);
  // What it started itself ends with it.
  signalGroup(pid, 'SIGKILL');
}

function watch(pid: number): void {
  watched.add(pid);
  tell(`+${pid}`);
}

function forget(pid: number): void {
  if (watched.delete(pid)) tell(`-${pid}`);
  if (watched.size > 0 || watchdog === null) return;
  watchdog.stdin?.end();
  watchdog = null;
}

function startWatchdog(): ChildProcess {
  const child = spawn(process.execPath, [WATCHDOG], {
    detached: true,
    windowsHide: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.unref();
  // The pipe must not keep this process up, and breaks when somebody kills the watchdog.
  (child.stdin as Socket).unref();
  child.stdin.on('error', () => undefined);
  child.once('exit', () => {
    if (watchdog !== child || watchdogsLeft === 0) return;
    watchdogsLeft -= 1;
    watchdog = startWatchdog();
    for (const pid of watched) tell(`+${pid}`);
  });
  return child;
}

function tell(line: string): void {
  watchdog?.stdin?.write(`${line}\n`);
}
