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

/**
 * Fast mode: reservations out of leases that this process holds (DESIGN §4). A change of plan or
 * controls, a freeze too, acts on what a lease grants once it is handed out no more: 10 s at most.
 */
export interface LeaseBook {
  /**
   * A reservation from a lease at hand, without waiting; null: none fits, ask exactly. Where
   * pace and headroom are worth it, a lease is asked for in the background. Its `limits` stand
   * as they did when the lease was granted.
   */
  take(asked: AskedReservation): GrantedReservation | null;
  /**
   * An exact ask was denied because of what is held: what this process holds unused goes back.
   * @throws Problem `unavailable`: nothing of it is handed out any more, it goes back later.
   */
  giveBack(key: CustomerKey): Promise<void>;
  /** A reservation named by an id of our own; null: no id of ours, or forged. */
  named(key: CustomerKey, id: string): GrantedReservation | null;
  /** True where this process hands out the lease: it may reuse what a settle leaves. */
  owns(reservation: Reservation): boolean;
  /**
   * The settle of a leased reservation is durable. `settled`: that of the part naming the lease,
   * in the entry that stands, whoever wrote it. A repeat is harmless.
   */
  settled(reservation: Reservation, settled: Quantities): void;
  /** Gives everything back, for at most `timeoutMs`. */
  close(timeoutMs: number): Promise<void>;
}

/** What a token tells. */
export interface OpenedToken {
  readonly key: CustomerKey;
  readonly id: string;
  /** Null: it is too large for a token; the workflow knows the hold by this id. */
  readonly reservation: GrantedReservation | null;
}

/** Signs and reads tokens of reservations; any process with the secret can. */
export interface Tokens {
  /** At most 1,024 characters. What is too large for that is named by its id alone. */
  seal(granted: Omit<GrantedReservation, 'token' | 'limits'>): string;
  /** Null: forged, damaged, or of another secret. */
  open(token: string): OpenedToken | null;
  /**
   * The id of a reservation out of a lease, which carries all of it; `number`: which one of its
   * lease. Null: it would be longer than 128 characters.
   */
  name(
    leased: Omit<GrantedReservation, 'id' | 'hash' | 'isLeased' | 'token' | 'limits'> & {
      readonly number: number;
    },
  ): string | null;
  /** A reservation from such an id; null: of another make, of another customer, or forged. */
  named(key: CustomerKey, id: string): GrantedReservation | null;
}
