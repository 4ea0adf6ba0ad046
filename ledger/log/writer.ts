import type { CustomerKey, LogEntry, LogGroup } from '../../billing/log.js';
import type { AppendOutcome, GroupListener, LogWriter } from '../contract.js';
import { LedgerError } from '../errors.js';
import { Committer } from './committer.js';
import { CustomerLane, type LaneSurroundings } from './lane.js';
import { WRITER_LIMITS, type WriterLimits } from './limits.js';
import { Patience, WriterStopped } from './patience.js';
import type { LogPort } from './port.js';
import { RecentEntries } from './recentEntries.js';
import { Call, entryBytes, repeat, type Waiter } from './slot.js';

/** Looks for callers whose time is over this often within that time. */
const LOOKS_PER_ANSWER = 20;

/**
 * The log's writer of one process: group commit over all customers. What it promises is told in
 * the contract; how, in DESIGN §3. Listeners must not throw.
 */
export class GroupCommitWriter implements LogWriter {
  /** All lanes by log name; the idle ones longest unused first. */
  private readonly lanes = new Map<string, CustomerLane>();
  private readonly busy = new Set<CustomerLane>();
  private readonly listeners: GroupListener[] = [];
  /** Unanswered calls, by deadline, and the lane each waits in. */
  private readonly calls = new Map<Call, CustomerLane>();
  private readonly around: LaneSurroundings;
  private waitingEntries = 0;
  private watching = false;
  private closing = false;

  constructor(
    private readonly port: LogPort,
    private readonly limits: WriterLimits = WRITER_LIMITS,
  ) {
    this.around = {
      port,
      limits,
      committer: new Committer(port, limits),
      recent: new RecentEntries(limits.recentEntriesMax),
      patience: new Patience(port, limits),
      durable: (group: LogGroup) => this.listeners.forEach((listener) => listener(group)),
    };
  }

  append(key: CustomerKey, entries: readonly LogEntry[]): Promise<readonly AppendOutcome[]> {
    const refusal = this.refusal(key, entries);
    if (refusal) return Promise.reject(refusal);
    if (entries.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      const deadlineMs = this.port.elapsedMs() + this.limits.answerMsMax;
      const lane = this.laneOf(key);
      const call = new Call(entries.length, deadlineMs, resolve, reject, (over) => this.end(over));
      this.waitingEntries += entries.length;
      this.calls.set(call, lane);
      entries.forEach((entry, index) => this.take(lane, { call, index, entry }));
      this.start(lane);
      this.watch();
    });
  }

  onGroup(listener: GroupListener): void {
    this.listeners.push(listener);
  }

  async close(timeoutMs: number): Promise<void> {
    this.closing = true;
    const deadlineMs = this.port.elapsedMs() + timeoutMs;
    while (this.calls.size > 0 && this.port.elapsedMs() < deadlineMs) await this.port.pause(10);
    this.around.patience.stop();
    for (const call of this.calls.keys()) call.fail(unanswered('the writer was closed'));
  }

  /** How the log of one customer is written; the simulation plants faults here. */
  protected openLane(key: CustomerKey, name: string, around: LaneSurroundings): CustomerLane {
    return new CustomerLane(key, name, around);
  }

  private refusal(key: CustomerKey, entries: readonly LogEntry[]): LedgerError | null {
    if (this.closing) return unanswered('the writer is closed');
    const { waitingEntriesMax, entryBytesMax } = this.limits;
    if (this.waitingEntries + entries.length > waitingEntriesMax) {
      return unanswered(`${this.waitingEntries} entries wait already`);
    }
    const unnamed = [key.customer, ...entries.map(({ id }) => id)].find(isNoText);
    if (unnamed !== undefined) {
      return new LedgerError('invalid', `expected a string, got ${JSON.stringify(unnamed)}`);
    }
    const tooLarge = entries.find((entry) => entryBytes(entry) > entryBytesMax);
    if (!tooLarge) return null;
    return new LedgerError('invalid', `entry ${tooLarge.id} is larger than ${entryBytesMax} bytes`);
  }

  private laneOf(key: CustomerKey): CustomerLane {
    const name = `${key.mode}/${key.customer}#${key.life}`;
    const lane = this.lanes.get(name) ?? this.openLane(key, name, this.around);
    this.lanes.set(name, lane);
    return lane;
  }

  private take(lane: CustomerLane, waiter: Waiter): void {
    const standing = this.around.recent.get(lane.name, waiter.entry.id);
    if (standing) repeat(waiter, standing);
    else lane.add(waiter);
  }

  private start(lane: CustomerLane): void {
    if (this.busy.has(lane)) return;
    this.busy.add(lane);
    void lane.run().then(
      () => this.rest(lane),
      (error: unknown) => this.fail(lane, error),
    );
  }

  /** A lane has nothing to do: the longest idle ones are forgotten. */
  private rest(lane: CustomerLane): void {
    this.busy.delete(lane);
    if (!lane.isIdle) return this.start(lane);
    this.lanes.delete(lane.name);
    this.lanes.set(lane.name, lane);
    let surplus = this.lanes.size - this.busy.size - this.limits.idleLanesMax;
    for (const oldest of this.lanes.values()) {
      if (surplus <= 0) break;
      if (this.busy.has(oldest)) continue;
      this.lanes.delete(oldest.name);
      surplus -= 1;
    }
  }

  /** A lane broke: its callers know nothing, and the next one starts from the log itself. */
  private fail(lane: CustomerLane, error: unknown): void {
    this.busy.delete(lane);
    if (this.lanes.get(lane.name) === lane) this.lanes.delete(lane.name);
    const reason = error instanceof WriterStopped ? 'the writer was closed' : String(error);
    for (const { call } of lane.drain()) call.fail(unanswered(reason, error));
  }

  private end(call: Call): void {
    this.calls.delete(call);
    this.waitingEntries -= call.size;
  }

  private overdue(): string {
    const { trouble } = this.around.patience;
    const last = trouble === null ? '' : `; last: ${trouble}`;
    return `no answer within ${this.limits.answerMsMax} ms${last}`;
  }

  private watch(): void {
    if (this.watching || this.calls.size === 0) return;
    this.watching = true;
    void this.failOverdue();
  }

  private async failOverdue(): Promise<void> {
    while (this.calls.size > 0) {
      await this.port.pause(this.limits.answerMsMax / LOOKS_PER_ANSWER);
      const nowMs = this.port.elapsedMs();
      for (const [call, lane] of this.calls) {
        if (call.deadlineMs > nowMs) break;
        call.fail(unanswered(this.overdue()));
        lane.prune();
      }
    }
    this.watching = false;
  }
}

/** Types end where the program does: an id of another type must not reach the database. */
function isNoText(value: unknown): boolean {
  return typeof value !== 'string';
}

function unanswered(reason: string, cause?: unknown): LedgerError {
  return new LedgerError('unavailable', `the log did not take the entries: ${reason}`, cause);
}
