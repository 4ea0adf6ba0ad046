import type { Quantities } from './log.js';

/** What entries of the log consume of holds (DESIGN §4). */

/** What was had for usage that names a lease. Its hold ends with the entry. */
export interface Drawn {
  /** `ID#SERIAL@EPOCH` of a hold of its own, out of the lease; null: none could be had. */
  readonly hold: string | null;
  /** Counted and billed. */
  readonly used: Quantities;
  /** Kept, never counted or billed. */
  readonly writeOff: Quantities;
  /** True where it is a 1 in `count` meters, as other usage is. */
  readonly counts: boolean;
  /** Log number folded at the hold's grant; every fence after it must have been read. */
  readonly since: number;
}

/** One hold's part in a settle. It is dated by its hold, never by a process's clock. */
export interface SettlePart {
  /** `ID#SERIAL@EPOCH`; null: what no hold could be had for, all of it `writeOff`. */
  readonly hold: string | null;
  /** Counted and billed. A reserved meter of which nothing was used stands here with 0. */
  readonly used: Quantities;
  /** Kept, never counted or billed. */
  readonly writeOff: Quantities;
  /** What of a lease this consumes; absent: the hold ends, what is left of it returns. */
  readonly settled?: Quantities;
  /** When the hold was granted, ms: the windows and the period it was debited in. */
  readonly atMs: number;
  /** True for the first part of a commit: it keeps the reservation's 1 in `count` meters. */
  readonly counts: boolean;
}
