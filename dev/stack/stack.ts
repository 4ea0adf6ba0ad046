import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalogue } from '../../billing/catalogue.js';
import type { RunningStack, StackProcess } from '../../cli/runningStack.js';
import type { FoundServer, LedgerEngine } from '../servers/contract.js';
import { Keeper } from '../servers/keeper.js';
import type { KeeperEvents } from '../servers/keeper.js';
import type { Launch } from '../servers/launch.js';
import { Ports } from '../servers/ports.js';
import { runLedger, runTemporal } from '../servers/runningServer.js';
import type { ServerPlace } from '../servers/runningServer.js';
import { apiLaunch, baseUrl, stripeLaunch, workerLaunch } from './launches.js';
import { publish } from './publish.js';
import { loadSecrets } from './secrets.js';
import type { StackSettings } from './settings.js';

const LEDGER_CACHE_MEGABYTES = 512;
/** Who uses others is stopped before them. */
const STOP_ORDER: readonly StackProcess[] = ['api', 'worker', 'stripe', 'temporal', 'ledger'];

/** What a stack is made of. */
export interface StackParts {
  readonly temporal: FoundServer;
  readonly ledger: FoundServer;
  readonly catalogue: Catalogue;
  /** False: any free ports instead of the usual ones. */
  readonly usualPorts: boolean;
}

/** Where the stack listens, without what changes while it runs. */
export type StackAddresses = Omit<RunningStack, 'pids'>;

/** The engine that wrote the ledger of a data folder; undefined for a new one. */
export function engineOfData(dataFolder: string): LedgerEngine | undefined {
  const engines: readonly LedgerEngine[] = ['mongod', 'secantus'];
  return engines.find((engine) => existsSync(join(dataFolder, 'ledger', engine)));
}

/** All processes of the embedded stack, in their order. */
export class Stack {
  readonly #settings: StackSettings;
  readonly #events: KeeperEvents;
  readonly #keepers = new Map<StackProcess, Keeper>();
  readonly #stopping = new AbortController();

  constructor(settings: StackSettings, events: KeeperEvents) {
    this.#settings = settings;
    this.#events = events;
  }

  /**
   * Starts everything and answers when the API is ready.
   * @throws Error with the reason; `stop` then ends what was started.
   */
  async start(parts: StackParts): Promise<StackAddresses> {
    const settings = this.#settings;
    const secrets = loadSecrets(settings.dataFolder);
    const ports = new Ports(parts.usualPorts);
    const { port } = settings;
    const apiPort = port === undefined ? await ports.take('api') : await ports.takeAsked(port);
    const stripePort = await ports.take('stripe');
    const place = this.#place(ports);
    const [temporal, ledger] = await Promise.all([
      runTemporal(parts.temporal, place, { webUi: true }),
      runLedger(parts.ledger, place, { cacheMegabytes: LEDGER_CACHE_MEGABYTES }),
      this.#keep('stripe', stripeLaunch(settings, secrets, { apiPort, stripePort })),
    ]);
    const places = {
      apiPort,
      stripePort,
      temporalAddress: temporal.address,
      mongodbUri: ledger.address,
      defaultPlan: settings.defaultPlan ?? ('free' in parts.catalogue.plans ? 'free' : null),
    };
    const stripe = baseUrl(stripePort);
    const addresses = { mongodbUri: ledger.address, stripe };
    // The worker takes a while to bundle its workflows: side by side with publishing.
    const [key] = await Promise.all([
      publish(parts.catalogue, settings.dataFolder, secrets, addresses),
      this.#keep('worker', workerLaunch(settings, secrets, places)),
    ]);
    await this.#keep('api', apiLaunch(settings, secrets, places));
    return {
      api: baseUrl(apiPort),
      temporal: temporal.address,
      temporalUi: temporal.ui,
      mongodb: ledger.address,
      stripe,
      key,
    };
  }

  /** Stops what runs, one after the other; nothing starts afterwards. Repeatable. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('stopped'));
    for (const name of STOP_ORDER) await this.#keepers.get(name)?.stop();
  }

  #place(ports: Ports): ServerPlace {
    return {
      folder: this.#settings.dataFolder,
      environment: this.#settings.environment,
      ports,
      events: this.#events,
      onKeeper: (name, keeper) => this.#add(name, keeper),
    };
  }

  async #keep(name: StackProcess, launch: Launch): Promise<void> {
    const keeper = new Keeper(launch, this.#events);
    this.#add(name, keeper);
    await keeper.start();
  }

  /** Nothing starts once the stack is being stopped. */
  #add(name: StackProcess, keeper: Keeper): void {
    this.#stopping.signal.throwIfAborted();
    this.#keepers.set(name, keeper);
  }
}
