import { endingOf } from '../../billing/entries.js';
import type { CustomerKey, LogGroup } from '../../billing/log.js';
import { type Attempt, attemptOf } from './attempt.js';
import type { Committer, Cargo } from './committer.js';
import { Horizon } from './horizon.js';
import { LaneQueue } from './laneQueue.js';
import type { WriterLimits } from './limits.js';
import type { Patience } from './patience.js';
import type { InsertOutcome, LogPort, StandingEntry, Summing } from './port.js';
import type { RecentEntries } from './recentEntries.js';
import { entryBytes, Slot, type Waiter } from './slot.js';

/** Losses remembered: by then the pause is at its longest. */
const LOSSES_MAX = 5;

/** What the lanes of one writer share. */
export interface LaneSurroundings {
  readonly port: LogPort;
  readonly limits: WriterLimits;
  readonly committer: Committer;
  readonly recent: RecentEntries;
  readonly durable: (group: LogGroup) => void;
  readonly patience: Patience;
}

/** The writing of one customer's log by one process: one group at a time (DESIGN §3). */
export class CustomerLane {
  protected readonly queue = new LaneQueue();
  protected attempt: Attempt | null = null;
  private horizon: Horizon | null = null;
  private losses = 0;

  constructor(
    private readonly key: CustomerKey,
    /** `MODE/CUSTOMER#LIFE`. */
    readonly name: string,
    protected readonly around: LaneSurroundings,
  ) {}

  /** Takes an entry in, or lets its caller wait for the same id that is on its way. */
  add(waiter: Waiter): void {
    const { id } = waiter.entry;
    const slot = this.attempt?.slots.get(id) ?? this.queue.get(id);
    if (slot) slot.join(waiter);
    else this.arrive(waiter);
  }

  /** True when nothing waits to be written. */
  get isIdle(): boolean {
    return this.queue.isEmpty;
  }

  /** Drops what nobody waits for and was never sent. */
  prune(): void {
    this.queue.prune();
  }

  /** Everybody who waits for anything here. */
  drain(): readonly Waiter[] {
    const sent = [...(this.attempt?.slots.values() ?? [])].flatMap((slot) => slot.waiting);
    return [...sent, ...this.queue.drain()];
  }

  /** Writes until nothing waits. @throws WriterStopped; what the store rejects with otherwise. */
  async run(): Promise<void> {
    const { port } = this.around;
    while (!this.queue.isEmpty) {
      const horizon = await this.survey();
      await this.turnAwayEnded(horizon);
      const summing = await this.around.patience.insist(() => port.summing(this.key.mode));
      await this.write(horizon, summing);
    }
  }

  private arrive(waiter: Waiter): void {
    this.queue.arrive(new Slot(waiter, entryBytes(waiter.entry)));
  }

  /** Learns the head, and the fences that queued ends of holds must be judged by. */
  private async survey(): Promise<Horizon> {
    const { port, limits } = this.around;
    const look = () => Horizon.look(this.key, port, limits.endedHoldsMax);
    const horizon = (this.horizon ??= await this.around.patience.insist(look));
    const sinces = this.queue.ending().map(({ ending }) => ending.since);
    const oldest = Math.min(...sinces, Infinity);
    await this.around.patience.insist(() => horizon.cover(oldest));
    return horizon;
  }

  /** Answers entries whose holds a fence has ended, unless they stood before it. */
  private async turnAwayEnded(horizon: Horizon): Promise<void> {
    for (const { slot, ending } of this.queue.ending()) {
      const fence = horizon.covers(ending) ? horizon.endOf(ending) : null;
      if (fence === null) continue;
      const read = () => this.around.port.standing(this.key, [slot.entry.id]);
      const [standing] = await this.around.patience.insist(read);
      this.queue.remove(slot);
      if (standing) this.stands(slot, standing);
      else for (const waiter of slot.fenced(fence)) this.add(waiter);
    }
  }

  /** Sends one group until its fate is known. */
  private async write(horizon: Horizon, summing: Summing): Promise<void> {
    let outcome = await this.around.committer.insert(() => this.board(horizon, summing));
    for (let tries = 0; this.attempt; tries += 1) {
      const { attempt } = this;
      if (outcome === 'stored') return this.recorded(attempt, horizon);
      if (outcome === 'refused' && (await this.explain(attempt, horizon))) return;
      this.around.patience.met(outcome, this.around.port.insertFailure?.());
      await this.around.patience.backOff(tries);
      outcome = await this.resend(attempt);
    }
  }

  /** The same group at the same number: nothing joins it. */
  protected resend(attempt: Attempt): Promise<InsertOutcome | 'empty'> {
    return this.around.committer.insert(() => attempt);
  }

  private board(horizon: Horizon, summing: Summing): Cargo | null {
    const slots = this.queue.take(this.around.limits, ({ entry }) => {
      const ending = endingOf(entry);
      return ending === null || (horizon.covers(ending) && horizon.endOf(ending) === null);
    });
    if (slots.length === 0) return null;
    this.attempt = attemptOf(this.key, slots, horizon, summing, this.around.port);
    return this.attempt;
  }

  /**
   * Finds out why a group was refused. True when its fate is known: it stands, or it never will,
   * because what stands in its way is there for ever. False: a majority did not have yet what
   * refused it (that may be its own earlier attempt), so it must be sent again as it is.
   */
  private async explain(attempt: Attempt, horizon: Horizon): Promise<boolean> {
    const { port } = this.around;
    const { number, group } = attempt.group;
    const there = await this.around.patience.insist(() => port.at(this.key, number));
    if (there) {
      if (there.group === group) this.recorded(attempt, horizon);
      else await this.lose(attempt, horizon);
      return true;
    }
    const standing = await this.look(attempt);
    const tooEarly = standing.some((found) => found.number === number);
    if (standing.length === 0 || tooEarly) return false;
    this.giveBack(attempt, standing);
    return true;
  }

  /** Entries of the attempt that stand in the log. */
  private look({ slots }: Attempt): Promise<readonly StandingEntry[]> {
    const read = () => this.around.port.standing(this.key, [...slots.keys()]);
    return this.around.patience.insist(read);
  }

  private recorded({ group, slots }: Attempt, horizon: Horizon): void {
    horizon.wrote(group);
    this.attempt = null;
    this.losses = Math.max(0, this.losses - 1);
    for (const slot of slots.values()) {
      this.around.recent.remember(this.name, { number: group.number, entry: slot.entry });
      slot.recorded(group.number);
    }
    this.around.durable(group);
  }

  private stands(slot: Slot, standing: StandingEntry): void {
    this.around.recent.remember(this.name, standing);
    slot.stands(standing);
  }

  /**
   * Another writer has the number: a random pause that grows with losses, then read on. A group
   * refused for an entry id looks the same where others write fast, for the number is taken by
   * the time it is looked at; so from the second loss on the ids are looked for, too.
   */
  private async lose(attempt: Attempt, horizon: Horizon): Promise<void> {
    const { port, limits, patience } = this.around;
    const standing = this.losses > 0 ? await this.look(attempt) : [];
    this.giveBack(attempt, standing);
    const meanMs = Math.min(limits.lossPauseMsMax, limits.lossPauseMsMin * 2 ** this.losses);
    this.losses = Math.min(this.losses + 1, LOSSES_MAX);
    await patience.pause(2 * meanMs * port.random());
    await patience.insist(() => horizon.readOn());
  }

  /** The attempt was not written and never will be: what does not stand waits again. */
  private giveBack({ slots }: Attempt, standing: readonly StandingEntry[]): void {
    const left = new Map(slots);
    this.attempt = null;
    for (const found of standing) {
      const slot = left.get(found.entry.id);
      left.delete(found.entry.id);
      if (slot) this.stands(slot, found);
    }
    this.queue.putBack([...left.values()]);
  }
}
