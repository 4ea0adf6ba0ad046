import type { PropertyValue } from '../../billing/catalogue.js';
import type { HoldAnswer, HoldAsk } from '../../billing/holds/asks.js';
import type { Reservation } from '../../billing/holds/settlement.js';
import type { LimitStanding } from '../../billing/limits/context.js';
import type { CustomerKey, Quantities } from '../../billing/log.js';

/** What the parts of the decision path know of each other (DESIGN §4). */

/** An ask for one request, checked against the published catalogue. */
export interface AskedReservation {
  readonly key: CustomerKey;
  /** The caller's own id; null: the process names it. */
  readonly id: string | null;
  readonly user: string | null;
  /** By reported meter. */
  readonly quantities: Quantities;
  /** As the caller gave them. */
  readonly properties: Readonly<Record<string, PropertyValue>>;
  /** Values, as strings, of the properties that the published catalogue names. */
  readonly named: Readonly<Record<string, string>>;
  /** 1,000 to 86,400,000. */
  readonly ttlMs: number;
  /** Hash of what was asked, without our defaults: the same id with another one is a conflict. */
  readonly hash: string;
}

/** A reservation that stands: all that any process needs to end it or to show it. */
export interface GrantedReservation extends Reservation {
  readonly key: CustomerKey;
  /** Customer's time, ms. */
  readonly expiresAtMs: number;
  /** At most 1,024 characters; any process can read it. */
  readonly token: string;
  readonly limits: readonly LimitStanding[];
}

/** Answers of one customer's workflow to asks of this process. */
export interface Decided {
  readonly answers: readonly HoldAnswer[];
  /** The customer's time of the decision, ms. */
  readonly nowMs: number;
  /** This process' monotonic clock before the asks were sent, ms (`performance.now()`). */
  readonly sentAtMs: number;
}

/** Where asks go: collected per customer, one Update in flight (DESIGN §4, exact mode). */
export interface Decider {
  /**
   * The answers, in the order of the asks; `later` is asked again for a while and then thrown.
   * @throws Problem `unavailable` when Temporal does not answer in time or too many wait.
   */
  decide(key: CustomerKey, asks: readonly HoldAsk[]): Promise<Decided>;
}

/** Fast mode: reservations out of leases that this process holds (DESIGN §4). */
export interface LeaseBook {
  /**
   * A reservation from a lease at hand, without waiting; null: none fits, ask exactly. Where
   * pace and headroom are worth it, a lease is asked for in the background.
   */
  take(asked: AskedReservation): GrantedReservation | null;
  /** An exact ask was denied because of what is held: what this process holds unused goes back. */
  giveBack(key: CustomerKey): Promise<void>;
  /** A reservation named by an id of our own; null: no id of ours, or forged. */
  named(key: CustomerKey, id: string): GrantedReservation | null;
  /** True where this process hands out the lease: it may reuse what a settle leaves. */
  owns(reservation: Reservation): boolean;
  /** The settle of a leased reservation is durable; `used` is what was taken of its lease. */
  settled(reservation: Reservation, used: Quantities): void;
  /** Gives everything back, for at most `timeoutMs`. */
  close(timeoutMs: number): Promise<void>;
}

/** Signs and reads tokens of reservations; any process with the secret can. */
export interface Tokens {
  seal(granted: Omit<GrantedReservation, 'token' | 'limits'>): string;
  /** Null: forged, damaged, or of another secret. */
  open(token: string): GrantedReservation | null;
}
