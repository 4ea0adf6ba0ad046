import type { Mode, PropertyValue } from './catalogue.js';
import type { Command } from './command.js';
import type { Drawn, SettlePart } from './consumption.js';

/** What stands in a customer's log: groups of entries, numbered without a gap (DESIGN §3). */

/** Names one log. `life` counts re-creations of a deleted customer id, from 1. */
export interface CustomerKey {
  readonly mode: Mode;
  readonly customer: string;
  readonly life: number;
}

/** Quantities by reported meter: whole numbers, 0 to 2^53-1. */
export type Quantities = Readonly<Record<string, number>>;

/** Usage that a caller reported. Its id is the caller's own and has no `/`, or `ce/HASH`. */
export interface UsageEntry {
  readonly kind: 'usage';
  readonly id: string;
  readonly user?: string;
  readonly quantities: Quantities;
  /** When it happened, ms since the epoch, UTC: the timestamp given, else the customer's now. */
  readonly atMs: number;
  /** The timestamp as the caller gave it; absent is not the same as given. */
  readonly timestamp?: string;
  readonly properties?: Readonly<Record<string, PropertyValue>>;
  /** A cache hit: kept, never counted or billed. */
  readonly free?: true;
  /** The caller's lease that it names. */
  readonly lease?: string;
  /** What became of it there; with a hold, `atMs` is that of the hold's grant. */
  readonly drawn?: Drawn;
  /** Hash of the canonical content; equal hashes mean the same event sent again. */
  readonly hash: string;
}

/** The end of a reservation: what was used of it. Parts name a hold each, a hold at most once. */
export interface SettleEntry {
  readonly kind: 'settle';
  /** `settle/RESERVATION`. */
  readonly id: string;
  readonly user?: string;
  /** The commit's properties: they decide what it counts in. */
  readonly properties?: Readonly<Record<string, PropertyValue>>;
  /** A release gives all back; a cache hit is kept and counts nothing. */
  readonly outcome: 'committed' | 'released' | 'cacheHit';
  readonly parts: readonly SettlePart[];
  /** Log number folded when the hold was granted; every fence after it must have been read. */
  readonly since: number;
  /** What had been reserved, to answer who asks later; absent in older entries. */
  readonly reserved?: {
    readonly quantities: Quantities;
    readonly expiresAtMs: number;
    /** Hash of the ask. */
    readonly hash: string;
  };
  readonly hash: string;
}

/** A counter-entry that takes one event back, at the event's time; it carries what it takes. */
export interface VoidEntry {
  readonly kind: 'void';
  /** `void/EVENT`. */
  readonly id: string;
  readonly event: string;
  readonly reason: string;
  readonly user?: string;
  readonly quantities: Quantities;
  readonly properties?: Readonly<Record<string, PropertyValue>>;
  /** The event's own time, ms. */
  readonly atMs: number;
  /** Where the event was no 1 in `count` meters (`Drawn`); absent: it was, as usage is. */
  readonly counts?: false;
  readonly hash: string;
}

/** A command in the log. */
export interface CommandEntry {
  readonly kind: 'command';
  /** `command/ID`. */
  readonly id: string;
  readonly command: Command;
  readonly hash: string;
}

/** What ends here. Nothing that contradicts a fence can stand after it. */
export type Fence =
  | { readonly type: 'closed'; readonly segment: number }
  | { readonly type: 'expired'; readonly holds: readonly string[] }
  /** A rebuilt workflow takes over; its number is the new epoch, older holds are void. */
  | { readonly type: 'epoch' }
  /** The customer is deleted: nothing at all can stand after it in this life's log. */
  | { readonly type: 'deleted' };

/** A fence in the log. */
export interface FenceEntry {
  readonly kind: 'fence';
  /** `fence/NAME`. */
  readonly id: string;
  readonly fence: Fence;
  readonly hash: string;
}

/** Anything that can stand in a group. */
export type LogEntry = UsageEntry | SettleEntry | VoidEntry | CommandEntry | FenceEntry;

/**
 * Entries that act one by one when the mark reaches them. Usage, voids and settles only count
 * (`sums`), and settles end holds (`ends`): that commutes with everything but what acts.
 */
export type ActingEntry = CommandEntry | FenceEntry;

/** What a settle does to a hold. */
export interface HoldEnd {
  /** `ID#SERIAL@EPOCH`. */
  readonly hold: string;
  /** What of a lease is consumed; absent: the whole hold ends. */
  readonly settled?: Quantities;
}

/** The newest value of a meter: that of the greatest time, then the greatest id. */
export interface LastValue {
  readonly atMs: number;
  readonly id: string;
  readonly quantity: number;
}

/** Usage of one group added up: one row per bucket, meter, user and named property values. */
export interface SumRow {
  /**
   * Start of the bucket, Unix seconds: a whole minute UTC, or 5 seconds for meters that a
   * sliding minute limit counts.
   */
  readonly bucket: number;
  /** A reported meter, or with `derived` a derived `count` meter. */
  readonly meter: string;
  readonly derived?: true;
  readonly user?: string;
  /** Values, as strings, of the properties that the published catalogue names. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Negative where a void takes more back than came. */
  readonly quantity: number;
  readonly count: number;
  readonly max: number;
  /** Null for voids: they change no `last` value. */
  readonly last: LastValue | null;
}

/** One document of the log. */
export interface LogGroup extends CustomerKey {
  readonly number: number;
  /** Random id: tells an own earlier attempt from another writer's group. */
  readonly group: string;
  /** Number of the last fence its writer knew; 0: none. */
  readonly fence: number;
  /** Revision of the catalogue its sums were made under. */
  readonly catalogue: number;
  readonly recordedAtMs: number;
  readonly entries: readonly LogEntry[];
  readonly sums: readonly SumRow[];
  /** Holds that its settles end, in the order of the entries; absent in older groups: none. */
  readonly ends?: readonly HoldEnd[];
}

/** Closed range of log numbers. */
export type LogRange = readonly [from: number, to: number];

/** A stretch of the log as a heal hands it to the fold, in order, without a gap. */
export interface LogStretch {
  readonly from: number;
  readonly to: number;
  readonly sums: readonly SumRow[];
  /** Holds that end here; absent: none. */
  readonly ends?: readonly HoldEnd[];
  /** Commands and fences of the one group it then holds (`from` = `to`). */
  readonly acts: readonly ActingEntry[];
}

/** Usage told to the workflow: all ranges unseen → fold, all seen → ignore, mixed → heal. */
export interface UsageMessage {
  readonly ranges: readonly LogRange[];
  readonly sums: readonly SumRow[];
  /** Holds that end in these ranges; absent: none. */
  readonly ends?: readonly HoldEnd[];
  /** Revision of the catalogue the sums were made under. */
  readonly catalogue: number;
  /**
   * The sender knows of no command and no fence from this number up to its ranges; absent: it
   * can't tell. Only then may ranges be folded ahead of a gap.
   */
  readonly quietFrom?: number;
  /** Highest number the sender knows of; above the mark after folding: heal. */
  readonly head: number;
}
