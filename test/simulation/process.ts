import type { CustomerKey, LogEntry, LogGroup } from '../../billing/log.js';
import type { AppendOutcome } from '../../ledger/contract.js';
import { LedgerError } from '../../ledger/errors.js';
import { GrowingWriter } from './growingWriter.js';
import type { WriterLimits } from '../../ledger/log/limits.js';
import type { LogPort, Summing, Surroundings } from '../../ledger/log/port.js';
import { GroupCommitWriter } from '../../ledger/log/writer.js';
import type { Plants } from './plants.js';
import type { Chance } from './chance.js';
import type { Schedule } from './schedule.js';
import type { SimulatedDatabase } from './database.js';
import { SUMMING } from './summing.js';

/** By what a process writes. */
export interface Manner {
  readonly limits: WriterLimits;
  readonly summing: Summing;
}

/** The product's limits, narrowed so that small worlds meet all of them. Times are virtual. */
export const LIMITS: WriterLimits = {
  groupEntriesMax: 4,
  groupBytesMax: 100_000,
  entryBytesMax: 100_000,
  flightGroupsMax: 2,
  flightBytesMax: 100_000,
  waitingEntriesMax: 1_000,
  answerMsMax: 600,
  backoffMsMin: 10,
  backoffMsMax: 80,
  lossPauseMsMin: 2,
  lossPauseMsMax: 40,
  endedHoldsMax: 3,
  idleLanesMax: 1,
  recentEntriesMax: 4,
};

/**
 * A process that runs the product's writer. It can be paused (nothing reaches it meanwhile) and
 * killed (what it sent is still under way, what it knew is gone); its clock is wrong.
 */
export class SimulatedProcess {
  /** Told of every durable group of this process. */
  onGroup: (group: LogGroup) => void = () => undefined;
  /** Told when it was killed and has started again. */
  onKill: () => void = () => undefined;
  private writer: GroupCommitWriter;
  private life = 0;
  private pausedUntilMs = 0;
  private readonly skewMs: number;
  private readonly callers = new Set<(error: LedgerError) => void>();

  constructor(
    readonly name: string,
    private readonly schedule: Schedule,
    private readonly chance: Chance,
    private readonly database: SimulatedDatabase,
    private readonly plants: Plants,
    private readonly manner: Manner = { limits: LIMITS, summing: SUMMING },
  ) {
    this.skewMs = chance.whole(-100_000, 100_000);
    this.writer = this.begin();
  }

  /** As a caller over the network sees it: no answer at all when the process is killed. */
  append(key: CustomerKey, entries: readonly LogEntry[]): Promise<readonly AppendOutcome[]> {
    return this.call(() => this.writer.append(key, entries));
  }

  /** The same for anything that it is asked to do. */
  call<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { life } = this;
      this.callers.add(reject);
      const answer = (give: () => void) => this.deliver(life, () => {
        this.callers.delete(reject);
        give();
      });
      this.deliver(life, () => {
        work().then(
          (outcome) => answer(() => resolve(outcome)),
          (error: LedgerError) => answer(() => reject(error)),
        );
      });
    });
  }

  /** For what runs inside the process: it never hears of it once it is killed. */
  write(key: CustomerKey, entries: readonly LogEntry[]): Promise<readonly AppendOutcome[]> {
    return this.hear(this.writer.append(key, entries));
  }

  /** An answer from outside as it reaches what runs inside the process now. */
  hear<Answer>(answer: Promise<Answer>): Promise<Answer> {
    return this.heard(this.life, answer);
  }

  /** Nothing reaches the process for a while; then all of it does. */
  pause(ms: number): void {
    this.pausedUntilMs = Math.max(this.pausedUntilMs, this.schedule.nowMs + ms);
  }

  /** Killed at once and started again with empty memory. */
  kill(): void {
    this.life += 1;
    this.pausedUntilMs = 0;
    this.writer = this.begin();
    const callers = [...this.callers];
    this.callers.clear();
    this.onKill();
    for (const reject of callers) reject(new LedgerError('unavailable', `${this.name} was killed`));
  }

  private begin(): GroupCommitWriter {
    const Writer = this.plants.grownGroup ? GrowingWriter : GroupCommitWriter;
    const { life } = this;
    const writer = new Writer(this.port(life), this.manner.limits);
    writer.onGroup((group) => {
      if (life === this.life) this.onGroup(group);
    });
    return writer;
  }

  private port(life: number): LogPort {
    const { database } = this;
    return {
      ...this.surroundings(life),
      insert: (groups) => this.heard(life, database.insert(groups)),
      head: (key, above) => this.heard(life, database.head(key, above)),
      at: (key, number) => this.heard(life, database.at(key, number)),
      fences: (key, after, upTo) => this.heard(life, database.fences(key, after, upTo)),
      standing: (key, ids) => this.heard(life, database.standing(key, ids)),
      summing: () => Promise.resolve(this.manner.summing),
    };
  }

  private surroundings(life: number): Surroundings {
    let groups = 0;
    return {
      wallMs: () => this.schedule.nowMs + this.skewMs,
      elapsedMs: () => this.schedule.nowMs,
      random: () => this.chance.next(),
      groupId: () => `${this.name}-${life}-${(groups += 1)}`,
      pause: (ms) => new Promise((resolve) => {
        this.schedule.after(ms, () => this.deliver(life, resolve));
      }),
    };
  }

  /** An answer of the database, as it reaches the process. */
  private heard<Answer>(life: number, answer: Promise<Answer>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      answer.then(
        (value) => this.deliver(life, () => resolve(value)),
        (error: unknown) => this.deliver(life, () => reject(error)),
      );
    });
  }

  private deliver(life: number, give: () => void): void {
    if (life !== this.life) return;
    const waitMs = this.pausedUntilMs - this.schedule.nowMs;
    if (waitMs > 0) this.schedule.after(waitMs, () => this.deliver(life, give));
    else give();
  }
}
