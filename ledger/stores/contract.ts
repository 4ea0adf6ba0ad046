import type { Catalogue, Mode, PublishedCatalogue } from '../../billing/catalogue.js';
import type { CustomerRow } from '../../billing/customer/reads/row.js';
import type { Invoice } from '../../billing/invoice.js';
import type { CustomerKey } from '../../billing/log.js';
import type { CustomerStatus, ReportTotals } from '../../billing/state.js';

/** What the ledger's stores offer: rows beside the log. Implemented over MongoDB. */

/** What other processes know of a customer; rebuilt from the workflow, never the truth. */
export interface StoredCustomer extends CustomerRow {
  /** Of one that is being deleted, or is: nothing but its key and this is left of the row. */
  readonly deletion?: 'underWay' | 'done';
}

/** The customers' rows. */
export interface CustomerStore {
  find(mode: Mode, customer: string): Promise<StoredCustomer | null>;
  /** Those of these customers (1,000 at most) that have a row, in any order: one read. */
  findAll(mode: Mode, customers: readonly string[]): Promise<readonly StoredCustomer[]>;
  findByStripe(mode: Mode, stripeCustomer: string): Promise<StoredCustomer | null>;
  save(customer: StoredCustomer): Promise<void>;
  /**
   * In order of id; `after` is the last id of the page before. Those that are `starting` are left
   * out, and those that are deleted.
   */
  list(filter: {
    readonly mode: Mode;
    readonly plan?: string;
    readonly status?: CustomerStatus;
    readonly after?: string;
    readonly limit: number;
  }): Promise<readonly StoredCustomer[]>;
}

/** Published catalogues. */
export interface CatalogueStore {
  /** Newest publication of a mode; null before the first. */
  newest(mode: Mode): Promise<PublishedCatalogue | null>;
  /**
   * Publishes what is new in a checked catalogue (compare-and-set on the revision; repeatable).
   * Test mode: a changed plan without `version` becomes the next version by itself.
   * @throws LedgerError `conflict` when a published version would change.
   */
  publish(mode: Mode, catalogue: Catalogue): Promise<PublishedCatalogue>;
}

/** What a key may do: everything, events and reservations only, or read one's own usage. */
export type KeyScope = 'secret' | 'ingest' | 'publishable';

/** A stored key, without its secret. */
export interface ApiKey {
  readonly id: string;
  readonly mode: Mode;
  readonly scope: KeyScope;
  readonly prefix: string;
  readonly createdAtMs: number;
  readonly revokedAtMs: number | null;
}

/** API keys: SHA-256 stored, shown once. */
export interface KeyStore {
  create(mode: Mode, scope: KeyScope): Promise<{ readonly key: ApiKey; readonly secret: string }>;
  /** The key of this secret, or null when unknown or revoked. */
  verify(secret: string): Promise<ApiKey | null>;
  list(): Promise<readonly ApiKey[]>;
  revoke(id: string): Promise<boolean>;
}

/** A report stored before it is sent (DESIGN §6). States only move forward. */
export interface Intent {
  /** The identifier at Stripe. */
  readonly id: string;
  readonly mode: Mode;
  readonly customer: string;
  readonly life: number;
  readonly stripeCustomer: string;
  readonly subscription: string;
  readonly segment: number;
  readonly meter: string;
  readonly eventName: string;
  readonly value: number;
  /** Unix seconds, a whole minute no other intent of this customer and meter has. */
  readonly stampSeconds: number;
  readonly state: 'stored' | 'sent' | 'accepted' | 'deadLetter';
  /** Customer's time at storing, ms. */
  readonly storedAtMs: number;
  /** Real time of the first send, ms; null: never sent. */
  readonly firstSentAtMs: number | null;
  /** Saved 5xx replies so far: N of the HTTP key `identifier~N`. */
  readonly replies5xx: number;
  readonly requestId: string | null;
  readonly reason: string | null;
  /** Real time at which reconciliation had it sent again, ms; absent: never. */
  readonly reopenedAtMs?: number;
}

/** Intents of one Stripe customer and meter. */
export interface IntentStore {
  /** All intents of a segment's meter, in order of sequence. */
  ofSegment(key: CustomerKey, segment: number, meter: string): Promise<readonly Intent[]>;
  /** Stamps in use of one customer and meter within [fromSeconds, toSeconds). */
  stamps(
    key: CustomerKey,
    meter: string,
    fromSeconds: number,
    toSeconds: number,
  ): Promise<readonly number[]>;
  /** Stores a new intent; false when its id exists already. */
  insert(intent: Intent): Promise<boolean>;
  /** Changes given fields of one intent. */
  update(id: string, change: Partial<Omit<Intent, 'id'>>): Promise<void>;
  totals(key: CustomerKey, segment: number, meter: string): Promise<ReportTotals>;
  /**
   * Sets an accepted intent that Stripe never counted to be sent again: `sent`, under a new HTTP
   * key, once in its life. False: it is not accepted, or that was done before.
   */
  reopen(id: string, nowMs: number): Promise<boolean>;
  /** Those of these identifiers (1,000 at most) that are intents of a mode, in any order. */
  named(mode: Mode, ids: readonly string[]): Promise<readonly Intent[]>;
  /**
   * Intents to one event name that were first sent within [fromMs, toMs) of real time, the newest
   * first, at most `limit`.
   */
  sentWithin(
    mode: Mode,
    eventName: string,
    fromMs: number,
    toMs: number,
    limit: number,
  ): Promise<readonly Intent[]>;
}

/** A write to Stripe stored under a name made from its content before it is sent. */
export interface EnsureRow {
  /** The name, also HTTP key and `metadata.durabill_ref`. */
  readonly id: string;
  readonly state: 'sending' | 'done';
  /** Id of the object at Stripe once known. */
  readonly object: string | null;
  readonly firstSentAtMs: number;
  readonly replies5xx: number;
}

/** Rows of ensures. */
export interface EnsureStore {
  find(name: string): Promise<EnsureRow | null>;
  /** Inserts a `sending` row; answers the row that stands. */
  begin(name: string, nowMs: number): Promise<EnsureRow>;
  done(name: string, object: string): Promise<void>;
  reply5xx(name: string): Promise<EnsureRow>;
}

/** Invoices as CONTRACT §4.6, stored with their life and segment. */
export interface InvoiceStore {
  save(key: CustomerKey, invoice: Invoice): Promise<void>;
  find(mode: Mode, id: string): Promise<Invoice | null>;
  /** Whose invoice it is, and of which life; null: there is none of this id. */
  owner(mode: Mode, id: string): Promise<CustomerKey | null>;
  /** Newest period first. */
  list(filter: {
    readonly mode: Mode;
    readonly customer: string;
    readonly after?: string;
    readonly limit: number;
  }): Promise<{ readonly invoices: readonly Invoice[]; readonly nextCursor: string | null }>;
}

/** Answers kept for Idempotency-Key, 24 h. */
export interface IdempotencyStore {
  /**
   * Claims a key. `claimed`: run it, then `finish`. `running`: the first one is still at work.
   * `done`: replay. `reused`: same key, other request. `customer`: whom the request names; with
   * that customer its answers go.
   */
  begin(
    mode: Mode,
    key: string,
    requestHash: string,
    nowMs: number,
    customer?: string,
  ): Promise<
    | { readonly state: 'claimed' }
    | { readonly state: 'running' }
    | { readonly state: 'reused' }
    | { readonly state: 'done'; readonly status: number; readonly body: string }
  >;
  finish(mode: Mode, key: string, status: number, body: string): Promise<void>;
  /** Gives a claim back after a failure that changed nothing. */
  abandon(mode: Mode, key: string): Promise<void>;
}
