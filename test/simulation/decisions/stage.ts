import type { AskedReservation, GrantedReservation } from '../../../api/decisions/contract.js';
import { messageOf, noTidings, take } from '../../../api/engine/tidings.js';
import type { Commit } from '../../../billing/holds/settlement.js';
import type { Limit } from '../../../billing/catalogue.js';
import type { UsageMessage } from '../../../billing/log.js';
import type { AppendOutcome } from '../../../ledger/contract.js';
import { Callers, committing, RELEASING } from './callers.js';
import { DAILY, KEY, MIDNIGHTS_MS } from './plan.js';
import type { HoldPlants } from './plants.js';
import { brokenPromises } from './promises.js';
import { comeToRest } from './traffic.js';
import { World } from './world.js';

/** Midnight of a scripted world, ms after it begins. */
export const MIDNIGHT_MS = 300_000;

/** A scripted world lasts no longer by itself, virtual ms. */
const LONGEST_MS = 400_000;

const STEP_MS = 50;

/** A world in which nothing happens but what its script says, at the times it says. */
export class Stage {
  readonly world: World;
  readonly callers: Callers;
  /** What the script itself saw go wrong. */
  readonly broken: string[] = [];

  constructor(plants: HoldPlants, limits: readonly Limit[] = [DAILY]) {
    const startMs = MIDNIGHTS_MS[0] - MIDNIGHT_MS;
    this.world = new World(1, { plants, limits, calm: true, nodes: 2, startMs });
    this.callers = new Callers(this.world);
  }

  /** A process by its place. */
  node(at: number) {
    return this.world.node(at);
  }

  /** Lets time pass until then. */
  until(atMs: number): Promise<void> {
    return this.world.schedule.runUntil(atMs);
  }

  /** Lets time pass for so long. */
  pass(ms: number): Promise<void> {
    return this.until(this.world.schedule.nowMs + ms);
  }

  /** Lets time pass until something is done. @throws Error when it never is. */
  async done<Answer>(work: Promise<Answer>): Promise<Answer> {
    const { schedule } = this.world;
    const untilMs = schedule.nowMs + LONGEST_MS;
    let over = false;
    const end = () => {
      over = true;
    };
    work.then(end, end);
    while (!over && schedule.nowMs < untilMs) await this.pass(STEP_MS);
    if (!over) throw new Error(`not done at ${schedule.nowMs} ms`);
    return work;
  }

  /** The customer asks for the first time, so its workflow begins an epoch. */
  async begin(): Promise<void> {
    await this.reserve(0, 'first', 1, { ttlMs: 1_000 });
    await this.pass(20_000);
  }

  /** Reserves so many input tokens at a process, once; null: not granted. */
  reserve(
    at: number,
    id: string,
    input: number,
    more: Partial<AskedReservation> = {},
  ): Promise<GrantedReservation | null> {
    const asked = this.callers.asked(id, { quantities: { input }, ...more });
    return this.done(this.callers.reserve(asked, () => this.node(at), 2));
  }

  /** The same where it must be granted. */
  async reserved(
    at: number,
    id: string,
    input: number,
    more: Partial<AskedReservation> = {},
  ): Promise<GrantedReservation> {
    const granted = await this.reserve(at, id, input, more);
    if (!granted) throw new Error(`${id} was not granted`);
    return granted;
  }

  /** A lease of so many times so many input tokens, for a process. */
  async lease(at: number, input: number, times: number): Promise<void> {
    const asked = this.callers.asked('', { quantities: { input } });
    await this.done(this.node(at).desk.leases.want(asked, times, null));
  }

  /** A token out of a lease at hand. */
  token(at: number, input: number, ttlMs = 5_000): GrantedReservation | null {
    const asked = this.callers.asked('', { quantities: { input }, ttlMs });
    return this.node(at).desk.take(asked);
  }

  /** The same where there must be one. */
  tokenOf(at: number, input: number): GrantedReservation {
    const token = this.token(at, input);
    if (!token) throw new Error('no token');
    return token;
  }

  /** Commits at a process until it is answered. */
  commit(at: number, granted: GrantedReservation, commit: Commit = {}): Promise<void> {
    return this.done(this.callers.end(granted, committing(commit), () => this.node(at)));
  }

  /** A process asks anew for what a settle needs, and dies before it writes. */
  async askAnew(at: number, granted: GrantedReservation): Promise<void> {
    const { id, user, quantities, properties, hash } = granted;
    const common = { id, user, quantities, properties, hash };
    const ask = { type: 'reserve', ...common, ttlMs: 60_000, forSettle: true } as const;
    await this.done(this.node(at).desk.asking.decide(KEY, [ask]));
    this.node(at).process.kill();
  }

  /** Releases at a process until it is answered. */
  release(at: number, granted: GrantedReservation): Promise<void> {
    return this.done(this.callers.end(granted, RELEASING, () => this.node(at)));
  }

  /** An event of so many input tokens at a process; not waited for. */
  event(at: number, id: string, input: number): Promise<AppendOutcome> {
    const atMs = this.world.serverMs();
    const entry = { kind: 'usage', id, quantities: { input }, atMs, hash: id } as const;
    return this.world.append(this.node(at).process, entry);
  }

  /** What a process that wrote these numbers would tell. */
  message(from: number, to: number): UsageMessage {
    const tidings = noTidings(KEY);
    const { groups } = this.world.database.log(KEY);
    for (const group of groups.slice(from - 1, to)) take(tidings, group);
    return messageOf(tidings);
  }

  /** Highest number that a majority has. */
  get head(): number {
    return this.world.database.log(KEY).groups.length;
  }

  /** All comes to rest; what was broken. */
  async end(): Promise<readonly string[]> {
    this.world.network.deaf = false;
    const rest = comeToRest(this.world);
    await rest.catch((error: unknown) => this.broken.push(String(error)));
    return [...this.broken, ...brokenPromises(this.world)];
  }
}
