import Stripe from 'stripe';
import { createLogActivities } from '../../activities/log.js';
import { contentHash } from '../../activities/contentHash.js';
import { createStripeActivities } from '../../activities/stripe/activities.js';
import type { PublishedCatalogue } from '../../billing/catalogue.js';
import type { Command } from '../../billing/command.js';
import { isClockReached, isSettled } from '../../billing/customer/reads/row.js';
import type { CustomerKey, LogEntry, UsageMessage } from '../../billing/log.js';
import type { CustomerState } from '../../billing/state.js';
import type { AppendOutcome } from '../../ledger/contract.js';
import { customerBilling } from '../../workflows/customerBilling.js';
import type { CustomerInput } from '../../workflows/messages.js';
import { Chance } from '../simulation/chance.js';
import { ChancyLine } from './chancyLine.js';
import { MemoryLedger } from './memoryLedger.js';
import { OwnSandbox } from './ownSandbox.js';
import type { Script } from './script.js';
import { ContinuedAsNew, enter, goOn, type Run } from './temporalStandIn.js';
import { passTime } from './virtualTime.js';

/** Real time that one wait may take, virtual ms. */
const WAIT_MS = 6 * 3_600_000;

/** One customer: workflow, activities and SDK of the product, sandbox, ledger in memory. */
export class World {
  readonly key: CustomerKey = { mode: 'test', customer: 'acme', life: 1 };
  readonly memory: MemoryLedger;
  readonly sandbox: OwnSandbox;
  readonly line: ChancyLine;
  readonly alerts: unknown[] = [];
  readonly #acts: Run['acts'];
  #run: Run | null = null;
  #failure: unknown = null;
  #commands = 0;
  #runs = 0;

  constructor(
    readonly published: PublishedCatalogue,
    options: Pick<Script, 'switches' | 'seed' | 'historyLengthMax'>,
  ) {
    this.memory = new MemoryLedger(published);
    this.sandbox = new OwnSandbox(options.switches);
    this.line = new ChancyLine(this.sandbox.exchange, new Chance(options.seed ^ 0x51ed));
    this.#acts = this.#activities();
    this.#begin({ key: this.key, historyLengthMax: options.historyLengthMax });
  }

  #activities(): Run['acts'] {
    const { ledger } = this.memory;
    const options = { maxNetworkRetries: 0, telemetry: false, httpClient: this.line };
    const stripe = { test: new Stripe('sk_test_lives', options), live: null };
    const acts = {
      ...createLogActivities({ ledger }),
      ...createStripeActivities({ ledger, stripe }),
      raiseAlerts: async (input: unknown) => void this.alerts.push(input),
    };
    return acts as unknown as Run['acts'];
  }

  #begin(input: CustomerInput): void {
    this.#runs += 1;
    const run: Run = {
      runId: `run-${this.#runs}`,
      historyLength: 0,
      handlers: new Map(),
      blocked: new Set(),
      attributes: new Map(),
      acts: this.#acts,
      underWay: 0,
      warnings: this.#run?.warnings ?? [],
    };
    this.#run = run;
    enter(run);
    customerBilling(input).catch((error: unknown) => {
      if (!(error instanceof ContinuedAsNew)) this.#failure = error;
      else this.#begin(JSON.parse(JSON.stringify(error.input)) as CustomerInput);
    });
  }

  get run(): Run {
    if (!this.#run) throw new Error('the workflow does not run');
    return this.#run;
  }

  get state(): CustomerState {
    const read = this.run.handlers.get('standing') as () => CustomerState;
    return read();
  }

  /** The customer's now, ms. */
  get nowMs(): number {
    return Date.now() + this.state.clock.offsetMs;
  }

  signal(name: string, message: unknown): void {
    const handler = this.run.handlers.get(name) as ((message: unknown) => void) | undefined;
    if (!handler) throw new Error(`no handler of ${name}`);
    handler(message);
  }

  /** Writes into the log; the workflow is told with the sums, of the head alone, or not at all. */
  async append(entries: readonly LogEntry[], telling: 'sums' | 'head' | 'lost') {
    const before = this.memory.head;
    let outcomes: readonly AppendOutcome[] | null = null;
    void this.memory.ledger.writer.append(this.key, entries).then((all) => (outcomes = all));
    await this.until(() => outcomes !== null, 'the log');
    const { head } = this.memory;
    if (telling === 'sums' && head === before + 1) this.#tellSums(head);
    else if (telling !== 'lost') this.tellHead();
    return outcomes as unknown as readonly AppendOutcome[];
  }

  #tellSums(number: number): void {
    const group = this.memory.groups[number - 1];
    if (!group || group.entries.some(({ kind }) => kind === 'command')) return this.tellHead();
    const { sums, catalogue } = group;
    const message: UsageMessage = { ranges: [[number, number]], sums, catalogue, head: number };
    this.signal('usageRecorded', message);
  }

  tellHead(): void {
    const { head } = this.memory;
    this.signal('usageRecorded', { ranges: [], sums: [], catalogue: 0, head });
  }

  /** Asks for something and waits until it is worked off, at Stripe too. */
  async command(command: Command): Promise<number> {
    this.#commands += 1;
    const id = this.#commands === 1 ? 'command/first' : `command/${this.#commands}`;
    const hash = contentHash(command);
    const [outcome] = await this.append([{ kind: 'command', id, command, hash }], 'head');
    if (outcome?.status !== 'recorded') throw new Error(`${id}: ${outcome?.status}`);
    const { number } = outcome;
    await this.until(() => isSettled(this.state, number), `${command.type} at ${number}`);
    return number;
  }

  /** Moves the customer's clock; with a segment on until that is billed, held, or none. */
  async advance(toMs: number, segment: number | null = null): Promise<void> {
    if (toMs <= this.nowMs && segment === null) return;
    const number = await this.command({ type: 'clock', toMs, segment });
    await this.until(() => isClockReached(this.state, number), `the clock at ${number}`);
  }

  async until(holds: () => boolean, what: string): Promise<void> {
    const overMs = Date.now() + WAIT_MS;
    const seen = () => {
      if (this.#failure) throw this.#failure;
      if (Date.now() > overMs) throw new Error(`${what}: not seen\n${this.#standing()}`);
      return holds();
    };
    await passTime(seen, () => goOn(this.run));
  }

  #standing(): string {
    const { retry, halted, segments, pending, leaving, clock, mark, head } = this.state;
    const stages = segments.map(({ index, stage }) => `${index}:${stage}`).join();
    const shown = { retry, halted, stages, pending: pending?.request, leaving, clock, mark, head };
    return [JSON.stringify(shown), ...this.run.warnings.slice(-5)].join('\n');
  }
}
