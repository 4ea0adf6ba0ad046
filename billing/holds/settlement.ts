import type { PlanSnapshot, PropertyValue } from '../catalogue.js';
import type { SettlePart } from '../consumption.js';
import type { Quantities } from '../log.js';
import type { HoldAnswer, HoldAsk } from './asks.js';

/** What a process needs to end a reservation without asking the workflow (DESIGN §4 Settle). */

/** A reservation as its token tells it, or as the workflow holds it. */
export interface Reservation {
  readonly id: string;
  readonly user: string | null;
  /** Named properties at the grant, as strings. */
  readonly properties: Readonly<Record<string, string>>;
  readonly quantities: Quantities;
  /** `ID#SERIAL@EPOCH` of its hold, or of the lease that it is a token of. */
  readonly hold: string;
  /** True for a token of a lease. */
  readonly isLeased: boolean;
  /** When its hold was granted, ms: of a token, its lease. */
  readonly grantedAtMs: number;
  /** Log number folded at that grant. */
  readonly since: number;
  /** Hash of the ask; what replaces the hold is asked with it, so a repeat finds it. */
  readonly hash: string;
}

/** What was used of it. */
export interface Commit {
  /** Absent: all that was reserved; else a meter missing in it is 0. */
  readonly quantities?: Quantities;
  /** Absent: those of the reservation. */
  readonly properties?: Readonly<Record<string, PropertyValue>>;
  readonly cacheHit?: boolean;
}

/** What the process knows besides. */
export interface SettleKnowledge {
  readonly snapshot: PlanSnapshot;
  /** Properties that the published catalogue names. */
  readonly names: readonly string[];
  /** True for a hold that a fence ends among those read: listed, or of an epoch that is over. */
  readonly isFenced: (hold: string) => boolean;
  /** Newest answers to the asks of this settle, by the ask's id. */
  readonly answers: ReadonlyMap<string, HoldAnswer>;
  /**
   * True in the process that owns the lease of a token: what is left of the token it hands out
   * again once the entry is durable. In any other the whole token is consumed.
   */
  readonly keepsRest: boolean;
}

/** What to do next on the way to a reservation's end. */
export type Settlement =
  /** Ask these; plan again with the answers. */
  | { readonly type: 'ask'; readonly asks: readonly HoldAsk[] }
  /** The workflow can't answer yet: ask again in a while. */
  | { readonly type: 'later'; readonly reason: string }
  /** Write this, after reading every fence from `since` on; if one lists a part, plan again. */
  | {
      readonly type: 'settle';
      readonly outcome: 'committed' | 'released' | 'cacheHit';
      readonly parts: readonly SettlePart[];
      readonly since: number;
    }
  /** A release of what a fence has ended: there is nothing to give back, nothing is written. */
  | { readonly type: 'expired' };
