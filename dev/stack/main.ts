import { rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { processIdentity } from '../../cli/processIdentity.js';
import { stackFilePath } from '../../cli/runningStack.js';
import type { RunningStack, StackFile, StackProcess } from '../../cli/runningStack.js';
import { stackTable } from '../../cli/stackTable.js';
import { ServersMissing, chosenText, getServers } from '../servers/getServers.js';
import type { Servers } from '../servers/getServers.js';
import { ledgerWays } from '../servers/ledgerWays.js';
import { isOurs, tryLock } from '../servers/lockFile.js';
import { PortTaken } from '../servers/ports.js';
import type { ProgressBoard } from '../servers/progress.js';
import { ConfiguredServerDead, ServerMissing } from '../servers/resolve.js';
import { SettingsError } from '../servers/settings.js';
import { commandBoard } from '../servers/spinner.js';
import { temporalWays } from '../servers/temporalWays.js';
import { endCrashedRun, forgetPid, notePid } from './crashedRun.js';
import { writeJson } from './jsonFile.js';
import { CatalogueFaulty, readCatalogue } from './publish.js';
import { readStackSettings } from './settings.js';
import type { StackSettings } from './settings.js';
import { Stack, engineOfData } from './stack.js';
import type { StackAddresses } from './stack.js';

/** Faults of the user's making: wrong use, or a server that can't be had. */
const EXIT_2 = [
  ...[SettingsError, ServerMissing, ServersMissing, ConfiguredServerDead],
  ...[PortTaken, CatalogueFaulty],
];

interface Options {
  readonly json: boolean;
  readonly freePorts: boolean;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Program: the supervisor of the embedded stack. Runs until it is told to stop. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: 'boolean' }, 'free-ports': { type: 'boolean' } },
  });
  const settings = readStackSettings();
  const { dataFolder } = settings;
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const lock = await tryLock(join(dataFolder, 'stack.lock'));
  if (!isOurs(lock)) {
    throw new Error(`A stack runs on ${dataFolder} already (process ${lock.pid}): durabill status`);
  }
  try {
    const ended = await endCrashedRun(dataFolder);
    if (ended.length > 0) say(`Ended what a crashed run had left: ${ended.join(', ')}.`);
    const options = { json: values.json ?? false, freePorts: values['free-ports'] ?? false };
    await runStack(settings, options);
  } finally {
    await lock.release();
  }
}

async function runStack(settings: StackSettings, options: Options): Promise<void> {
  const stop = new AbortController();
  const pids = noPids();
  let addresses: StackAddresses | null = null;
  const publishPids = (): void => {
    if (addresses !== null && !stop.signal.aborted) writeStackFile(settings, addresses, pids);
  };
  const stack = new Stack(settings, {
    onTrouble: say,
    onPid(name, pid) {
      pids[name as StackProcess] = pid;
      if (pid === null) forgetPid(settings.dataFolder, name);
      else notePid(settings.dataFolder, name, pid);
      publishPids();
    },
  });
  const told = untilTold(stop);
  const board = commandBoard();
  try {
    const catalogue = await readCatalogue(settings.catalogueFile);
    const { temporal, ledger } = await findServers(settings, board, stop.signal);
    if (settings.hasStripeKey) {
      say('STRIPE_SECRET_KEY is not used: the embedded stack has its own Stripe sandbox.');
    }
    board.report('starting', 'Temporal, ledger, sandbox, worker and API');
    const starting = stack.start({ temporal, ledger, catalogue, usualPorts: !options.freePorts });
    addresses = await Promise.race([starting, told.then(() => null)]);
    if (addresses === null) return;
    board.close();
    publishPids();
    const running = { ...addresses, pids };
    process.stdout.write(`${options.json ? JSON.stringify(running) : stackTable(running)}\n`);
    await told;
  } catch (error) {
    // Being told to stop while starting is no fault.
    if (!stop.signal.aborted) throw error;
  } finally {
    stop.abort();
    board.close();
    rmSync(stackFilePath(settings.dataFolder), { force: true });
    await stack.stop();
  }
}

async function findServers(
  settings: StackSettings,
  board: ProgressBoard,
  signal: AbortSignal,
): Promise<Servers> {
  const { servers, dataFolder } = settings;
  const engine = engineOfData(dataFolder);
  const ways = { temporal: temporalWays(servers), ledger: ledgerWays(servers, { engine }) };
  const found = await getServers(ways, board, signal);
  say(`temporal: ${chosenText(found.temporal)}`);
  say(`ledger:   ${chosenText(found.ledger)}`);
  return found;
}

/** Resolves at the first SIGINT or SIGTERM, or when the command that started us is gone. */
function untilTold(stop: AbortController): Promise<void> {
  return new Promise((done) => {
    const end = (): void => {
      stop.abort(new Error('stopped'));
      done();
    };
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, end);
    process.on('disconnect', end);
  });
}

function noPids(): Record<StackProcess, number | null> {
  return { api: null, worker: null, temporal: null, ledger: null, stripe: null };
}

function writeStackFile(
  settings: StackSettings,
  addresses: StackAddresses,
  pids: RunningStack['pids'],
): void {
  const supervisor = { pid: process.pid, identity: processIdentity(process.pid) };
  const file: StackFile = { ...addresses, pids, supervisor };
  writeJson(stackFilePath(settings.dataFolder), file);
}

// A closed terminal must not keep us from stopping the children in order.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

main()
  .catch((error: unknown) => {
    const isUse = EXIT_2.some((kind) => error instanceof kind);
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = isUse ? 2 : 1;
  })
  .finally(() => {
    // The command that started us holds a channel open.
    if (process.connected) process.disconnect();
    // A start that was given up may still wait for an answer.
    setTimeout(() => process.exit(), 500).unref();
  });
