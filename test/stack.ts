import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runningStack } from '../cli/runningStack.js';
import type { RunningStack, StackProcess } from '../cli/runningStack.js';
import { tsxProgram } from '../cli/tsxProgram.js';
import { signalGroup, spawnWatched } from '../dev/servers/childProcess.js';
import type { WatchedChild } from '../dev/servers/childProcess.js';
import type { ServerName } from '../dev/servers/contract.js';
import type { Keeper } from '../dev/servers/keeper.js';
import { ledgerWays } from '../dev/servers/ledgerWays.js';
import { Ports } from '../dev/servers/ports.js';
import { resolveServer } from '../dev/servers/resolve.js';
import { runLedger, runTemporal } from '../dev/servers/runningServer.js';
import type { RunningServer, ServerPlace } from '../dev/servers/runningServer.js';
import { readServerSettings } from '../dev/servers/settings.js';
import { temporalWays } from '../dev/servers/temporalWays.js';
import { until } from './until.js';

/** Embedded servers and stacks for tests: own data folder, free ports, gone after `stop`. */

const READY_LIMIT_MS = 60_000;

/** Characters of a process's log that tell why a stack is not ready again. */
const LOG_TAIL_MAX = 3_000;

/** Servers of one test file. */
export interface TestServers {
  /** HOST:PORT; empty when no Temporal was asked for. */
  readonly temporalAddress: string;
  /** Empty when no ledger was asked for. */
  readonly mongodbUri: string;
  readonly folder: string;
  /** kill -9; resolves when the server answers again, on the same port with the same data. */
  kill(name: ServerName): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts the servers a test needs; both take about a second once they are cached.
 * @throws ServerMissing when one can't be had.
 */
export async function startServers(
  wanted: { readonly temporal?: boolean; readonly ledger?: boolean } = {},
): Promise<TestServers> {
  const { temporal: wantsTemporal = true, ledger: wantsLedger = true } = wanted;
  const folder = await mkdtemp(join(tmpdir(), 'durabill-test-'));
  const settings = readServerSettings();
  const work = { progress: () => undefined, signal: new AbortController().signal };
  const keepers: Keeper[] = [];
  const place: ServerPlace = {
    folder,
    environment: settings.environment,
    ports: new Ports(false),
    events: { onPid: () => undefined, onTrouble: () => undefined },
    onKeeper: (_name, keeper) => void keepers.push(keeper),
  };
  const startTemporal = async (): Promise<RunningServer> => {
    const found = await resolveServer('temporal', temporalWays(settings), work);
    return runTemporal(found, place, { webUi: false });
  };
  const startLedger = async (): Promise<RunningServer> => {
    const found = await resolveServer('ledger', ledgerWays(settings), work);
    return runLedger(found, place, { cacheMegabytes: 256 });
  };
  const stop = async (): Promise<void> => {
    await Promise.all(keepers.map(stopAtOnce));
    await removeFolder(folder);
  };
  const none = Promise.resolve(null);
  const [temporal, ledger] = await Promise.all([
    wantsTemporal ? startTemporal() : none,
    wantsLedger ? startLedger() : none,
  ]).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const servers = { temporal, ledger };
  return {
    temporalAddress: temporal?.address ?? '',
    mongodbUri: ledger?.address ?? '',
    folder,
    async kill(name) {
      const server = servers[name];
      if (!server) throw new Error(`no ${name} was started`);
      await killAndAwait(server);
    },
    stop,
  };
}

/** Without the grace of a second that Temporal takes: the data goes, too. */
async function stopAtOnce(keeper: Keeper): Promise<void> {
  const { pid } = keeper;
  const stopping = keeper.stop();
  if (pid !== null) signalGroup(pid, 'SIGKILL');
  await stopping;
}

async function killAndAwait(server: RunningServer): Promise<void> {
  const { pid } = server;
  if (pid === null) throw new Error('a configured server is not ours to kill');
  signalGroup(pid, 'SIGKILL');
  await until(() => server.pid !== null && server.pid !== pid, 'restart', READY_LIMIT_MS);
  await server.ready();
}

/** A whole embedded stack in processes of its own. */
export interface TestStack extends RunningStack {
  readonly folder: string;
  /** As `durabill status --json` tells now; pids change with restarts. */
  status(): Promise<RunningStack>;
  /** kill -9 of one process; resolves when it runs again and the API is ready. */
  kill(name: StackProcess): Promise<void>;
  /** What a process has printed. */
  log(name: StackProcess): Promise<string>;
  /** SIGTERM to the supervisor; resolves when all its processes have ended. */
  stop(options?: { readonly keepFolder?: boolean }): Promise<void>;
}

/**
 * Starts supervisor, servers, sandbox, worker and API, and waits until the API is ready.
 * @throws Error with the supervisor's output when it does not come up.
 */
export async function startStack(
  options: {
    /** Further settings; `DURABILL_CATALOGUE` for one. */
    readonly environment?: Readonly<Record<string, string>>;
    /** Data folder of a stack that was stopped with `keepFolder`. */
    readonly folder?: string;
  } = {},
): Promise<TestStack> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'durabill-stack-')));
  const program = tsxProgram('dev/stack/main.ts', '--free-ports', '--json');
  const child = spawnWatched(program.command, program.args, {
    env: { ...readServerSettings().environment, ...options.environment, DURABILL_DATA: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stack = await untilRunning(child, folder);
  return {
    ...stack,
    folder,
    status: () => statusOf(folder),
    kill: (name) => killOne(folder, name),
    log: (name) => readFile(join(folder, 'logs', `${name}.log`), 'utf8'),
    async stop({ keepFolder = false } = {}) {
      // The supervisor alone: it stops the others in their order.
      child.process.kill('SIGTERM');
      await child.ended;
      if (!keepFolder) await removeFolder(folder);
    },
  };
}

async function untilRunning(child: WatchedChild, folder: string): Promise<RunningStack> {
  let output = '';
  for (const stream of [child.process.stdout, child.process.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-10_000);
    });
  }
  let ending: string | null = null;
  void child.ended.then((how) => {
    ending = how;
  });
  try {
    const decided = async (): Promise<boolean> =>
      ending !== null || (await runningStack(folder)) !== null;
    await until(decided, 'stack', READY_LIMIT_MS);
    if (ending !== null) throw new Error(`the supervisor ended: ${String(ending)}`);
    return await statusOf(folder);
  } catch (error) {
    await child.stop();
    throw new Error(`${(error as Error).message}\n${output}`, { cause: error });
  }
}

async function statusOf(folder: string): Promise<RunningStack> {
  const stack = await runningStack(folder);
  if (stack === null) throw new Error(`no stack runs on ${folder}`);
  return stack;
}

async function killOne(folder: string, name: StackProcess): Promise<void> {
  const { api, pids } = await statusOf(folder);
  const pid = pids[name];
  if (pid === null) throw new Error(`${name} does not run`);
  process.kill(pid, 'SIGKILL');
  const isBack = async (): Promise<boolean> => {
    const now = (await statusOf(folder)).pids[name];
    return now !== null && now !== pid;
  };
  await until(isBack, `restart of ${name}`, READY_LIMIT_MS);
  try {
    await until(() => isReady(api), `readiness after a restart of ${name}`, READY_LIMIT_MS);
  } catch (error) {
    const logs = await Promise.all([name, 'api' as const].map((one) => logTail(folder, one)));
    throw new Error(`${(error as Error).message}\n${logs.join('\n')}`, { cause: error });
  }
}

async function logTail(folder: string, name: StackProcess): Promise<string> {
  const text = await readFile(join(folder, 'logs', `${name}.log`), 'utf8').catch(String);
  return `${name}: ${text.slice(-LOG_TAIL_MAX)}`;
}

async function isReady(api: string): Promise<boolean> {
  try {
    const answer = await fetch(`${api}/readyz`, { signal: AbortSignal.timeout(5_000) });
    await answer.arrayBuffer();
    return answer.status === 200;
  } catch {
    return false;
  }
}

function removeFolder(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
