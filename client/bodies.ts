/** Requests and answers of the API, as an app writes and reads them (`/docs` has each field). */

/** Whole units by reported meter, each 0 to 2^53-1. */
export type Quantities = Readonly<Record<string, number>>;

/** At most 20 values by name; strings of at most 512 characters. */
export type Properties = Readonly<Record<string, string | number | boolean>>;

/** One piece of usage that has happened. */
export interface UsageEvent {
  /** 1-255 characters; the same id counts once. Left out: the client mints one. */
  readonly id?: string;
  readonly customer: string;
  readonly user?: string;
  readonly quantities: Quantities;
  /** RFC 3339. Left out: the time the API takes it, or the time of the call if it comes late. */
  readonly timestamp?: string;
  readonly properties?: Properties;
  /** Kept, never counted or billed. */
  readonly cacheHit?: boolean;
  /** Lease that it consumes. */
  readonly lease?: string;
}

/** What became of an event; `buffered`: kept here, sent when the API is back. */
export interface EventOutcome {
  readonly id: string;
  readonly status: 'recorded' | 'duplicate' | 'conflict' | 'free' | 'rejected' | 'buffered';
  /** Nothing in the plan names it: on no invoice. */
  readonly unpriced?: boolean;
  readonly writeOff?: Quantities;
  /** Why it was rejected. */
  readonly code?: string;
  readonly detail?: string;
}

/** How one limit stands. `resetsAt` null: never by itself. */
export interface LimitStanding {
  readonly id: string;
  readonly scope: string;
  readonly key: string | null;
  readonly max: number;
  readonly used: number;
  readonly held: number;
  readonly remaining: number;
  readonly resetsAt: string | null;
}

/** Asks whether something may run, and what it would cost; holds nothing. */
export type CheckRequest =
  | {
      readonly customer: string;
      readonly user?: string;
      readonly quantities: Quantities;
      readonly properties?: Properties;
    }
  | { readonly customer: string; readonly feature: string };

/** The problem a reservation would get. */
export interface Denial {
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  readonly message?: string;
  readonly action?: string;
  readonly limits?: readonly LimitStanding[];
}

/** Answer to a check. Amounts are exact decimals. */
export interface CheckAnswer {
  readonly allowed: boolean;
  readonly denial: Denial | null;
  readonly limits: readonly LimitStanding[];
  readonly features?: Readonly<Record<string, unknown>>;
  readonly estimate?: { readonly amountMinor: string; readonly credits?: string | null };
}

/** Asks for quota before the work. */
export interface ReserveRequest {
  /** 1-128 characters; the same id is the same reservation. Left out: the client mints one. */
  readonly id?: string;
  readonly customer: string;
  readonly user?: string;
  readonly quantities: Quantities;
  readonly properties?: Properties;
  /** 1,000 to 86,400,000; 60,000 if left out. */
  readonly ttlMs?: number;
}

/** Quota held for one request, or its end. */
export interface Reservation {
  readonly id: string;
  readonly customer: string;
  readonly user: string | null;
  readonly status: 'held' | 'committed' | 'released' | 'expired';
  readonly quantities: Quantities;
  /** Null once it has ended. */
  readonly expiresAt: string | null;
  /** Any API process can read it; null where a local lease granted. */
  readonly token: string | null;
  readonly committed: Quantities | null;
  readonly writeOff: Quantities | null;
  readonly limits: readonly LimitStanding[];
  /** Local lease that granted it. */
  readonly lease?: string;
  /** Its commit is kept here and sent when the API is back. */
  readonly buffered?: boolean;
}

/** What was used in the end. */
export interface Actual {
  /** Left out: all that was reserved. A meter missing in it is 0. */
  readonly quantities?: Quantities;
  /** Properties it counts under; left out: those of the reservation. */
  readonly properties?: Properties;
  /** Nothing is counted. */
  readonly cacheHit?: boolean;
}

/** A longer life or a larger size for a reservation. */
export interface Extension {
  /** From now; 1,000 to 86,400,000. */
  readonly ttlMs?: number;
  /** To be held in all. */
  readonly quantities?: Quantities;
}

/** Asks for a block of quota to hand out here. */
export interface LeaseRequest {
  readonly customer: string;
  readonly user?: string;
  readonly quantities: Quantities;
  readonly properties?: Properties;
  /** 1,000 to 60,000; 60,000 if left out. */
  readonly ttlMs?: number;
}

/** A lease as the API grants it. */
export interface GrantedLease {
  readonly id: string;
  readonly quantities: Quantities;
  readonly expiresAt: string;
  readonly token: string;
  /** Life from the grant, where the API says it. */
  readonly ttlMs?: number;
}

/** Fields of a customer to set; `null` empties one, one left out stays. */
export interface CustomerFields {
  readonly plan?: string;
  readonly name?: string | null;
  readonly email?: string | null;
  readonly timezone?: string | null;
  readonly metadata?: Readonly<Record<string, string>> | null;
  readonly [field: string]: unknown;
}

/** A customer as the API shows it; `/docs` has every field. */
export interface Customer {
  readonly id: string;
  readonly plan: { readonly id: string; readonly version: number } | null;
  readonly status: string;
  readonly period: { readonly start: string; readonly end: string; readonly index: number } | null;
  readonly usage: Readonly<Record<string, { readonly quantity: number; readonly held: number }>>;
  readonly limits: readonly LimitStanding[];
  readonly [field: string]: unknown;
}

/** Which usage to read; default: the open period. */
export interface UsageQuery {
  readonly customer?: string;
  readonly user?: string;
  readonly meter?: string;
  readonly from?: string;
  readonly to?: string;
  readonly bucket?: 'hour' | 'day' | 'month' | 'total';
  readonly timezone?: string;
  /** At most two of user, meter, customer, property:NAME, with a comma between. */
  readonly groupBy?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

/** One row of usage. Credits are decimal strings. */
export interface UsageRow {
  readonly start: string;
  readonly meter: string;
  readonly key: Readonly<Record<string, string | null>>;
  readonly quantity: number | string;
  readonly count: number;
  readonly sharePercent: string;
  readonly [field: string]: unknown;
}

/** One page of a list. */
export interface Page<Row> {
  readonly data: readonly Row[];
  readonly nextCursor: string | null;
}
