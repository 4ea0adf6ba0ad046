import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { spawnWatched } from './childProcess.js';
import type { WatchedChild } from './childProcess.js';

/** The pause between two questions grows: a server that takes long is not flooded. */
const POLL_MS = { first: 50, growth: 1.3, max: 500 };
const LOG_BYTES_MAX = 20_000_000;
const LOG_LINES_SHOWN = 8;

/** How one process is started, as often as need be: always the same ports and data. */
export interface Launch {
  /** Name in messages and of its log. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** Output goes there, appended; the file before it is kept as `….old` from 20 MB on. */
  readonly logFile: string;
  /** One question whether it can be used; rejects while it can't. Answers within 5 s. */
  ready(): Promise<void>;
  readonly readyLimitMs: number;
}

/** Starts the process without waiting for it. */
export function spawnLaunch(launch: Launch): WatchedChild {
  const log = openLog(launch.logFile);
  try {
    return spawnWatched(launch.command, launch.args, {
      env: launch.environment,
      stdio: ['ignore', log, log],
    });
  } finally {
    closeSync(log);
  }
}

/**
 * Waits until the process can be used.
 * @throws Error naming the log: it ended first, or its time is over.
 */
export async function untilReady(launch: Launch, child: WatchedChild): Promise<void> {
  const over = Date.now() + launch.readyLimitMs;
  let ending: string | null = null;
  void child.ended.then((how) => {
    ending = how;
  });
  let why = '';
  let pauseMs = POLL_MS.first;
  while (ending === null && Date.now() < over) {
    try {
      await launch.ready();
      return;
    } catch (error) {
      why = (error as Error).message;
    }
    await Promise.race([wait(pauseMs), child.ended]);
    pauseMs = Math.min(pauseMs * POLL_MS.growth, POLL_MS.max);
  }
  const reason = ending ?? `not ready after ${launch.readyLimitMs / 1_000} s: ${why}`;
  const log = lastLines(launch.logFile);
  throw new Error(`${launch.name}: ${reason}; see ${launch.logFile}${log}`);
}

/** The end of a log, each line indented below the message; empty for an empty log. */
function lastLines(file: string): string {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-LOG_LINES_SHOWN);
  return lines.filter((line) => line !== '').map((line) => `\n    ${line.slice(0, 300)}`).join('');
}

function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_BYTES_MAX) renameSync(file, `${file}.old`);
  return openSync(file, 'a', 0o600);
}
