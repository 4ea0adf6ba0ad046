import type { Mode } from '../../billing/catalogue.js';
import type { CustomerKey, Fence, LogEntry, LogGroup, SumRow } from '../../billing/log.js';

/**
 * What the log's writer asks of the world. MongoDB answers it in production; the simulation
 * answers it with lost replies, late inserts and pauses, under the very same writer.
 */

/**
 * What became of one group. `refused`: its number or one of its entry ids stands already, and it
 * was not written. `unknown`: anything but a clean answer; it may have landed or land later.
 */
export type InsertOutcome = 'stored' | 'refused' | 'unknown';

/** A group without its entries. */
export interface GroupHead {
  readonly number: number;
  readonly group: string;
  /** Number of the last fence below it, 0 for none. */
  readonly fence: number;
  /** True when the group itself is a fence. */
  readonly isFence: boolean;
}

/** A fence and where it stands. */
export interface StandingFence {
  readonly number: number;
  readonly fence: Fence;
}

/** An entry of the log and the number of its group. */
export interface StandingEntry {
  readonly number: number;
  readonly entry: LogEntry;
}

/** Adds usage up under one revision of the published catalogue. */
export interface Summing {
  readonly revision: number;
  rows(entries: readonly LogEntry[]): readonly SumRow[];
}

/** The store of groups. Reads are of what a majority holds; they reject when unanswered. */
export interface LogStore {
  /** Inserts each group on its own, in no order; one outcome per group. */
  insert(groups: readonly LogGroup[]): Promise<readonly InsertOutcome[]>;
  /** What the last insert met with that did not store all its groups, in the store's words. */
  insertFailure?(): string | null;
  /** The group with the highest number, if that is above the given one, which is taken or 0. */
  head(key: CustomerKey, above: number): Promise<GroupHead | null>;
  /** The group at a number; null while it is free. */
  at(key: CustomerKey, number: number): Promise<GroupHead | null>;
  /** All fences with `after` < number <= `upTo`, ascending. */
  fences(key: CustomerKey, after: number, upTo: number): Promise<readonly StandingFence[]>;
  /** Those of the named entries that stand in the log. */
  standing(key: CustomerKey, ids: readonly string[]): Promise<readonly StandingEntry[]>;
}

/** Time and chance. */
export interface Surroundings {
  /** Wall clock, ms; only recorded, nothing is decided by it. */
  wallMs(): number;
  /** Clock that only goes forward, ms; deadlines are measured by it. */
  elapsedMs(): number;
  /** In [0, 1). */
  random(): number;
  /** A name that no other group has. */
  groupId(): string;
  /** Resolves after `ms`; with 0 after everything that has arrived by now was taken in. */
  pause(ms: number): Promise<void>;
}

/** Everything the writer needs. */
export interface LogPort extends LogStore, Surroundings {
  /** How to add up now; may be up to 2 s old. */
  summing(mode: Mode): Promise<Summing>;
}
