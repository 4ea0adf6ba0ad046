import type { Quantities } from '../log.js';
import type { Denial, LimitStanding } from '../limits/context.js';

/** What API processes ask of a customer's holds, several at a time, and the answers. */

/** One ask. Ids are the caller's; a repeat of a granted one is answered by what stands. */
export type HoldAsk =
  | {
      readonly type: 'reserve';
      /** Reservation id, or `ID+n` for the n-th extra of a commit. */
      readonly id: string;
      readonly user: string | null;
      readonly quantities: Quantities;
      /** As strings, named ones only. */
      readonly properties: Readonly<Record<string, string>>;
      /** 1,000 to 86,400,000. */
      readonly ttlMs: number;
      readonly hash: string;
      /**
       * True where it replaces or extends what a settle needs: after a rebuild only such asks
       * are granted for a while.
       */
      readonly forSettle: boolean;
      /**
       * Whether it is a 1 in `count` meters. Absent: it is, unless it is for a settle (an extra
       * adds nothing; what replaces a hold that carried the 1 says true).
       */
      readonly counts?: boolean;
    }
  | {
      readonly type: 'lease';
      readonly id: string;
      readonly user: string | null;
      readonly properties: Readonly<Record<string, string>>;
      /**
       * Granted at least so much or denied; each meter of `upTo` in the same proportion. With a
       * `holder` it is one request's worth, and what is granted counts so many requests in the
       * `count` meters they reach; without, `count` meters stand in it by their own names.
       */
      readonly atLeast: Quantities;
      readonly upTo: Quantities;
      readonly ttlMs: number;
      readonly hash: string;
      /** Process that subdivides it, for its pace; null: the caller's own lease. */
      readonly holder: string | null;
    }
  | {
      readonly type: 'extend';
      readonly id: string;
      /** From now. Absent: as it stands. */
      readonly ttlMs?: number;
      /**
       * What is to be held in all; absent: as it stands. It never falls: a token that names the
       * larger size may be out; what is left over returns at the settle.
       */
      readonly quantities?: Quantities;
    }
  | {
      /**
       * Usage that names a caller's lease: a hold of its own, out of what is left of the lease;
       * what is beyond it, or of another class, is judged like a settle's ask. Where that does
       * not fit, what the lease covers alone is granted: the answer tells how much.
       */
      readonly type: 'draw';
      readonly id: string;
      /** Id of the lease. */
      readonly lease: string;
      readonly user: string | null;
      readonly quantities: Quantities;
      /** As strings, named ones only. */
      readonly properties: Readonly<Record<string, string>>;
      readonly ttlMs: number;
      readonly hash: string;
    }
  | {
      /** Absolute, only falling: a repeat and a late arrival are harmless. */
      readonly type: 'shrink';
      /** `ID#SERIAL@EPOCH`. */
      readonly hold: string;
      /** Meters left out stay as they are. */
      readonly size: Quantities;
    };

/** The answer to one ask, in the order of the asks. */
export type HoldAnswer =
  | {
      readonly type: 'granted';
      /** `ID#SERIAL@EPOCH`. */
      readonly hold: string;
      readonly quantities: Quantities;
      readonly grantedAtMs: number;
      readonly expiresAtMs: number;
      readonly since: number;
      readonly limits: readonly LimitStanding[];
      /** Of a `draw` alone: whether it is a 1 in `count` meters. */
      readonly counts?: boolean;
    }
  | { readonly type: 'denied'; readonly denial: Denial }
  /** The id stands with another ask. */
  | { readonly type: 'conflict' }
  /**
   * A fence has ended the reservation of this id, and its body was the same; only a settle has it
   * granted anew. Of the newest hundred.
   */
  | {
      readonly type: 'expired';
      readonly hold: string;
      readonly quantities: Quantities;
      readonly grantedAtMs: number;
      readonly expiresAtMs: number;
      readonly since: number;
    }
  /** No hold of this id or name is open; the log knows how it ended. */
  | { readonly type: 'gone' }
  /** Too near a limit, or to a boundary, for a process to hand out by itself: ask exactly. */
  | { readonly type: 'noLease' }
  /**
   * A window that the hold was debited in has turned, so it can't grow: the commit asks for what
   * it needs beyond it, or the caller reserves it under another id.
   */
  | { readonly type: 'turned' }
  /** Not in service yet, or a fence that lists the hold is on its way: ask again. */
  | { readonly type: 'later'; readonly reason: string };
