import { noCells, type Cells } from '../cells.js';
import type { AskKind } from '../limits/context.js';
import type { Quantities } from '../log.js';

/** Quota debited when it is granted, consumed by a settle or given back (DESIGN §4). */

/** Credits of one lot that a hold counts on. */
export interface Pin {
  readonly lot: string;
  readonly microCredits: number;
}

/** One open hold: for one request, or a lease that a process subdivides. */
export interface Hold {
  /** A reservation's id, `ID+n` for its n-th extra, or a lease's id. */
  readonly id: string;
  /** With epoch it names the hold: `ID#SERIAL@EPOCH`. An id granted anew gets a new serial. */
  readonly serial: number;
  readonly epoch: number;
  /**
   * How it counts in `count` meters: a reservation is 1 in each that it reaches, an extra of a
   * commit nothing, a lease what its quantities say under the count's own name.
   */
  readonly kind: AskKind;
  readonly user: string | null;
  /** Values, as strings, of the properties the catalogue named at the grant. */
  readonly properties: Readonly<Record<string, string>>;
  /** Revision of the catalogue that named them. */
  readonly revision: number;
  /** Its size by reported meter; of a lease by `count` meter, too. */
  readonly quantities: Quantities;
  /** What settles have consumed of it so far (leases; a reservation ends with its settle). */
  readonly settled: Quantities;
  /** Customer's time, ms. What is settled from it is dated by it. */
  readonly grantedAtMs: number;
  readonly expiresAtMs: number;
  /** Log number folded at the grant: fences after it must be read before a settle is written. */
  readonly since: number;
  /** Hash of the ask: the same id asked with another one is a conflict. */
  readonly hash: string;
  /** Credits it counts on; none where the plan pays no meter of it in credits. */
  readonly pins: readonly Pin[];
  /** True while a fence that lists it is on its way: it can't be extended. */
  readonly ending: boolean;
  /** Process of ours that subdivides a lease; null: a caller does, or it is no lease. */
  readonly holder: string | null;
}

/** A fence on its way into the log; the same content under the same name, however often. */
export interface FenceUnderWay {
  /** `expired-SERIAL@EPOCH`, of the first hold listed; the entry is `fence/NAME`. */
  readonly name: string;
  /** `ID#SERIAL@EPOCH` of each hold that it ends. */
  readonly holds: readonly string[];
}

/** Open holds of one customer. */
export interface Holds {
  /** True once a decision was asked for: a customer who never asks needs no epoch. */
  readonly asked: boolean;
  /** By id. */
  readonly open: Cells<Hold>;
  /** Micro-credits that open holds count on, by lot: the sum of their pins, kept in step. */
  readonly pinned: Readonly<Record<string, number>>;
  /** Serial of the newest hold; only grows. */
  readonly serial: number;
  /** Log number of this instance's own epoch fence; null: not in service yet. */
  readonly epoch: number | null;
  /** Id of the epoch fence that this instance wants in the log (`fence/epoch-RANDOM-NEWEST`). */
  readonly wanted: string | null;
  /** Log number of the newest epoch fence folded, whoever's; 0: none, no hold was ever made. */
  readonly newestEpoch: number;
  /**
   * Customer's time from which new asks are granted again after a rebuild, ms. Null: an epoch has
   * just begun, the first look at the clock sets it.
   */
  readonly servingFromMs: number | null;
  /** No open hold ends before it (customer's time, ms); null: none is open. */
  readonly nextEndMs: number | null;
  /** The `expired` fence that is on its way; its holds are `ending`. At most one at a time. */
  readonly fence: FenceUnderWay | null;
  /** Reservations that fences have ended, the newest 100, oldest first; absent: none yet. */
  readonly ended?: readonly Hold[];
}

/** Nothing held, not in service. */
export const NO_HOLDS: Holds = {
  asked: false,
  open: noCells(),
  pinned: {},
  serial: 0,
  epoch: null,
  wanted: null,
  newestEpoch: 0,
  servingFromMs: 0,
  nextEndMs: null,
  fence: null,
};
