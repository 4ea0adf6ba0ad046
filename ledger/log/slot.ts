import type { LogEntry } from '../../billing/log.js';
import type { AppendOutcome } from '../contract.js';
import type { LedgerError } from '../errors.js';
import type { StandingEntry } from './port.js';

/** One `append`: answered once, when all its entries have an outcome or its time is over. */
export class Call {
  private readonly outcomes: AppendOutcome[] = [];
  private missing: number;
  private over = false;

  constructor(
    readonly size: number,
    readonly deadlineMs: number,
    private readonly resolve: (outcomes: readonly AppendOutcome[]) => void,
    private readonly reject: (error: LedgerError) => void,
    private readonly ended: (call: Call) => void,
  ) {
    this.missing = size;
  }

  /** False once nobody waits for it any more. */
  get waits(): boolean {
    return !this.over;
  }

  answer(index: number, outcome: AppendOutcome): void {
    if (this.over) return;
    this.outcomes[index] = outcome;
    this.missing -= 1;
    if (this.missing > 0) return;
    this.over = true;
    this.ended(this);
    this.resolve(this.outcomes);
  }

  fail(error: LedgerError): void {
    if (this.over) return;
    this.over = true;
    this.ended(this);
    this.reject(error);
  }
}

/** One place in one call's answer. */
export interface Waiter {
  readonly call: Call;
  readonly index: number;
  readonly entry: LogEntry;
}

/**
 * An entry id on its way into the log, and all who wait for what becomes of it. The first waiter's
 * entry is the one to be written; the others are repeats met in process.
 */
export class Slot {
  private waiters: Waiter[];

  constructor(
    first: Waiter,
    readonly sizeBytes: number,
  ) {
    this.waiters = [first];
  }

  /** The entry that is to stand. Fixed while the slot is in a group. */
  get entry(): LogEntry {
    return this.first.entry;
  }

  /** Who waits now. */
  get waiting(): readonly Waiter[] {
    return this.waiters;
  }

  join(waiter: Waiter): void {
    this.waiters.push(waiter);
  }

  /** Forgets callers who gave up; false when nobody is left. Only while in no group. */
  prune(): boolean {
    const alive = this.waiters.filter(({ call }) => call.waits);
    if (alive.length > 0) this.waiters = alive;
    return alive.length > 0;
  }

  /** The entry was written at `number`: the first waiter's it is, the others repeat it. */
  recorded(number: number): void {
    const { call, index, entry } = this.first;
    call.answer(index, { status: 'recorded', number });
    for (const waiter of this.waiters.slice(1)) repeat(waiter, { number, entry });
  }

  /** The id stands already, by whoever. */
  stands(standing: StandingEntry): void {
    for (const waiter of this.waiters) repeat(waiter, standing);
  }

  /** A fence ended what the first waiter's entry names; the others must be judged anew. */
  fenced(fence: number): readonly Waiter[] {
    const { call, index } = this.first;
    call.answer(index, { status: 'fenced', fence });
    return this.waiters.slice(1);
  }

  private get first(): Waiter {
    return this.waiters[0] as Waiter;
  }
}

/** Answers a waiter whose id stands: by equal hashes it is the same entry sent again. */
export function repeat({ call, index, entry }: Waiter, standing: StandingEntry): void {
  const status = standing.entry.hash === entry.hash ? 'duplicate' : 'conflict';
  call.answer(index, { status, number: standing.number, entry: standing.entry });
}

/** Estimated size of an entry in the store, in bytes; counts characters, not encodings. */
export function entryBytes(entry: LogEntry): number {
  if (entry.kind !== 'usage') return JSON.stringify(entry).length + 100;
  let bytes = 200 + entry.id.length + (entry.user?.length ?? 0) + entry.hash.length;
  for (const meter of Object.keys(entry.quantities)) bytes += meter.length + 16;
  for (const name in entry.properties) {
    const value = entry.properties[name];
    bytes += name.length + (typeof value === 'string' ? value.length : 8) + 16;
  }
  return bytes;
}
