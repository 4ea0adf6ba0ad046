import { join } from 'node:path';
import type { FoundServer, ServerName } from './contract.js';
import { Keeper } from './keeper.js';
import type { KeeperEvents } from './keeper.js';
import type { Launch } from './launch.js';
import { ledgerLaunch, ledgerUri } from './ledgerServer.js';
import type { Ports } from './ports.js';
import { temporalLaunch } from './temporalServer.js';

const STARTS = 3;

/** Where servers of ours run. */
export interface ServerPlace {
  /** Folder for data and logs. */
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly ports: Ports;
  readonly events: KeeperEvents;
  /** Told of a keeper before it starts, so that it can be stopped meanwhile. */
  onKeeper(name: ServerName, keeper: Keeper): void;
}

/** A server that answers: somebody else's, or one that we keep running. */
export interface RunningServer {
  readonly kind: FoundServer['kind'];
  /** What was chosen and why. */
  readonly how: string;
  /** HOST:PORT of Temporal, connection string of a ledger. */
  readonly address: string;
  /** URL of the Web UI. */
  readonly ui: string | null;
  /** Of the process that runs now; null for a configured server. */
  readonly pid: number | null;
  /** Resolves when it answers. @throws Error when it does not within its time. */
  ready(): Promise<void>;
  /** Ends a server of ours; a configured one is left alone. */
  stop(): Promise<void>;
}

/**
 * Starts the Temporal server that was found, and keeps it running.
 * @throws Error when it does not come up.
 */
export async function runTemporal(
  found: FoundServer,
  place: ServerPlace,
  options: { readonly webUi: boolean },
): Promise<RunningServer> {
  if (found.kind === 'configured') return configured(found);
  const { folder, environment, ports } = place;
  const uiPort = options.webUi ? await ports.take('temporalUi') : null;
  const { keeper, port } = await startOnPort('temporal', place, (port) =>
    temporalLaunch(found, {
      port,
      uiPort,
      databaseFile: join(folder, 'temporal', 'temporal.db'),
      logFile: join(folder, 'logs', 'temporal.log'),
      environment,
    }),
  );
  const ui = uiPort === null ? null : `http://127.0.0.1:${uiPort}`;
  return kept(found, keeper, `127.0.0.1:${port}`, ui);
}

/**
 * Starts the ledger database that was found, and keeps it running.
 * @throws Error when it does not come up.
 */
export async function runLedger(
  found: FoundServer,
  place: ServerPlace,
  options: { readonly cacheMegabytes: number },
): Promise<RunningServer> {
  if (found.kind === 'configured') return configured(found);
  const { folder, environment } = place;
  const { keeper, port } = await startOnPort('ledger', place, (port) =>
    ledgerLaunch(found, {
      port,
      folder: join(folder, 'ledger'),
      logFile: join(folder, 'logs', 'ledger.log'),
      environment,
      cacheMegabytes: options.cacheMegabytes,
    }),
  );
  return kept(found, keeper, ledgerUri(port), null);
}

/** Between our look at a port and the server's, somebody may take it: then another one. */
async function startOnPort(
  name: ServerName,
  place: ServerPlace,
  launch: (port: number) => Launch,
): Promise<{ readonly keeper: Keeper; readonly port: number }> {
  let port = await place.ports.take(name);
  for (let attempt = 1; ; attempt += 1) {
    const keeper = new Keeper(launch(port), place.events);
    place.onKeeper(name, keeper);
    try {
      await keeper.start();
      return { keeper, port };
    } catch (error) {
      if (attempt === STARTS) throw error;
      port = await place.ports.takeOther();
    }
  }
}

function configured(found: FoundServer & { readonly kind: 'configured' }): RunningServer {
  const done = (): Promise<void> => Promise.resolve();
  return { ...found, ui: null, pid: null, ready: done, stop: done };
}

function kept(
  found: FoundServer,
  keeper: Keeper,
  address: string,
  ui: string | null,
): RunningServer {
  return {
    kind: found.kind,
    how: found.how,
    address,
    ui,
    get pid() {
      return keeper.pid;
    },
    ready: () => keeper.ready(),
    stop: () => keeper.stop(),
  };
}
