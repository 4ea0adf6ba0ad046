import type { CustomerKey, LogGroup } from '../../billing/log.js';
import { LedgerError } from '../../ledger/errors.js';
import type { InsertOutcome, LogStore } from '../../ledger/log/port.js';
import type { Chance } from './chance.js';
import type { Plants } from './plants.js';
import { entriesOf, fencesOf, headOf, ReplicatedLog } from './replicatedLog.js';
import type { Schedule } from './schedule.js';

/** What a scripted world lets happen to an insert. */
export type Fate = 'answerLost' | 'unreplicated';

/** How long a client waits for an answer before the outcome counts as unknown, virtual ms. */
const TIMEOUT_MS = 60;

/**
 * The database and the network to it: answers are lost, inserts land late (after the client has
 * given up, in any order), reads fail, primaries fail over. Calm once `calm` is set.
 */
export class SimulatedDatabase implements LogStore {
  calm = false;
  /** Of the next inserts, in their order; without one chance decides. */
  readonly fates: Fate[] = [];
  private readonly logs = new Map<string, ReplicatedLog>();

  constructor(
    private readonly schedule: Schedule,
    private readonly chance: Chance,
    private readonly plants: Plants,
    /** How many times slower everything here is. */
    private readonly slowness = 1,
  ) {}

  /** One customer's log. */
  log(key: CustomerKey): ReplicatedLog {
    const name = `${key.mode}/${key.customer}#${key.life}`;
    const log = this.logs.get(name) ?? new ReplicatedLog();
    this.logs.set(name, log);
    return log;
  }

  /** The primary is lost. */
  failOver(): void {
    for (const log of this.logs.values()) log.failOver();
  }

  async insert(groups: readonly LogGroup[]): Promise<readonly InsertOutcome[]> {
    const fate = this.fates.shift();
    const lost = this.fails(0.04);
    const late = !lost && this.fails(0.06);
    const answerLost = this.fails(0.08) || fate !== undefined;
    const landings = groups.map((group) => this.landing(group, lost, late, fate));
    if (lost || late || answerLost) {
      await this.pause(TIMEOUT_MS);
      return groups.map(() => 'unknown');
    }
    const outcomes = await Promise.all(landings);
    await this.travel();
    return outcomes;
  }

  head(key: CustomerKey, above: number) {
    return this.read(key, (groups) => {
      const head = groups.at(-1);
      if (!head || head.number <= above) return null;
      return { ...headOf(head), ...(this.plants.blindStart ? { fence: 0, isFence: false } : {}) };
    });
  }

  at(key: CustomerKey, number: number) {
    return this.read(key, (groups) => {
      const group = groups[number - 1];
      return group ? headOf(group) : null;
    });
  }

  fences(key: CustomerKey, after: number, upTo: number) {
    return this.read(key, (groups) =>
      this.plants.unreadFences ? [] : fencesOf(groups, after, upTo),
    );
  }

  standing(key: CustomerKey, ids: readonly string[]) {
    return this.read(key, (groups) => entriesOf(groups, ids));
  }

  /** Groups with a number in [from, to], as a heal reads them. */
  groups(key: CustomerKey, from: number, to: number): Promise<readonly LogGroup[]> {
    return this.read(key, (groups) => groups.slice(from - 1, to));
  }

  private async landing(
    group: LogGroup,
    lost: boolean,
    late: boolean,
    fate?: Fate,
  ): Promise<InsertOutcome> {
    await this.pause(late ? this.chance.whole(TIMEOUT_MS, 500) : this.travelMs());
    const log = this.log(group);
    if (lost || !log.land(group)) return 'refused';
    if (fate === 'unreplicated') return 'unknown';
    const lagMs = this.fails(0.2) ? this.chance.whole(5, 60) : 1;
    if (lagMs > 1 && this.fails(0.1)) void this.pause(lagMs - 1).then(() => this.failOver());
    await this.pause(lagMs);
    log.replicate(group);
    return log.holds(group) ? 'stored' : 'unknown';
  }

  private async read<Answer>(
    key: CustomerKey,
    answer: (groups: readonly LogGroup[]) => Answer,
  ): Promise<Answer> {
    await this.travel();
    if (this.fails(0.03)) throw new LedgerError('unavailable', 'the read failed');
    const log = this.log(key);
    const found = answer(this.plants.localReads ? [...log.localGroups] : log.groups);
    await this.travel();
    return found;
  }

  private travel(): Promise<void> {
    return this.pause(this.travelMs());
  }

  private pause(ms: number): Promise<void> {
    return this.schedule.pause(ms * this.slowness);
  }

  private travelMs(): number {
    return this.fails(0.1) ? this.chance.whole(5, 40) : this.chance.whole(0, 2);
  }

  private fails(probability: number): boolean {
    return !this.calm && this.chance.happens(probability);
  }
}
