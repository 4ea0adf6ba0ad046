import type { Mode, PublishedCatalogue, Catalogue } from '../billing/catalogue.js';
import type { Invoice } from '../billing/invoice.js';
import type { CustomerKey, LogEntry, LogGroup, SumRow, UsageEntry } from '../billing/log.js';
import type { CustomerStatus, ReportTotals } from '../billing/state.js';
import type { PlanName } from '../billing/catalogue.js';

/** What the ledger offers to API, activities and command line. Implemented over MongoDB. */

/** What became of one entry handed to the writer. The 2xx may be sent: it is durable. */
export type AppendOutcome =
  | { readonly status: 'recorded'; readonly number: number }
  /** The id stands already with the same content (equal hash). */
  | { readonly status: 'duplicate'; readonly number: number; readonly entry: LogEntry }
  /** The id stands already with other content; the first stands. */
  | { readonly status: 'conflict'; readonly number: number; readonly entry: LogEntry }
  /** A settle whose hold a fence has ended (or a later epoch voids): ask anew. */
  | { readonly status: 'fenced'; readonly fence: number };

/** Told of every group of this process once it is durable, in order of numbers per customer. */
export type GroupListener = (group: LogGroup) => void;

/** Group commit over all customers of one process (DESIGN §3). */
export interface LogWriter {
  /**
   * Appends entries of one customer; all outcomes come when durable. Entries may be spread over
   * several groups; an id is never split. `catalogue` and `sums` are made by `sumRows`.
   * @throws LedgerError `unavailable` (retryable) when the ledger does not answer in time: nothing
   * is known, send again with the same ids; or when the queue is full.
   */
  append(key: CustomerKey, entries: readonly LogEntry[]): Promise<readonly AppendOutcome[]>;
  onGroup(listener: GroupListener): void;
  /** Waits for what is under way, up to `timeoutMs`, then refuses new entries. */
  close(timeoutMs: number): Promise<void>;
}

/** Reads of the log: primary, majority. */
export interface LogReader {
  /** Highest number, 0 for an empty log. */
  head(key: CustomerKey): Promise<number>;
  /** Groups from `from` on in order, at most `limit` (1,000). */
  groups(key: CustomerKey, from: number, limit: number): Promise<readonly LogGroup[]>;
  /** Entry with this id and the group's number. */
  entry(
    key: CustomerKey,
    id: string,
  ): Promise<{ readonly entry: LogEntry; readonly number: number; readonly recordedAtMs: number } | null>;
  /** Sum rows whose bucket lies in [fromMs, toMs), streamed: constant memory. */
  sums(
    mode: Mode,
    filter: { readonly customer?: string; readonly fromMs: number; readonly toMs: number },
  ): AsyncIterable<{ readonly customer: string; readonly rows: readonly SumRow[] }>;
  /** Usage events newest first (log order), a page; `after` is the cursor of the page before. */
  events(filter: EventFilter): Promise<EventPage>;
  /** Customers with groups recorded in [fromMs, toMs) and their heads, at most `limit`. */
  recentHeads(
    fromMs: number,
    toMs: number,
    limit: number,
  ): Promise<readonly { readonly key: CustomerKey; readonly head: number }[]>;
}

/** Filter of GET /v1/events; all given fields must match. */
export interface EventFilter {
  readonly mode: Mode;
  readonly customer: string;
  readonly user?: string;
  readonly meter?: string;
  readonly properties?: Readonly<Record<string, string>>;
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly limit: number;
  readonly after?: string;
}

/** An event as it stands in the log. */
export interface RecordedEvent {
  readonly customer: string;
  readonly entry: UsageEntry;
  readonly number: number;
  readonly recordedAtMs: number;
  readonly voided: boolean;
}

/** A page of events and the cursor of the next one. */
export interface EventPage {
  readonly events: readonly RecordedEvent[];
  readonly nextCursor: string | null;
}

/** What other processes know of a customer; rebuilt from the workflow, never the truth. */
export interface StoredCustomer {
  readonly key: CustomerKey;
  readonly plan: PlanName | null;
  readonly status: CustomerStatus;
  readonly offsetMs: number;
  readonly stripeCustomer: string | null;
  readonly hasHardLimits: boolean;
  readonly firstPeriodStartMs: number | null;
  readonly mark: number;
}

/** The customers' rows. */
export interface CustomerStore {
  find(mode: Mode, customer: string): Promise<StoredCustomer | null>;
  findByStripe(mode: Mode, stripeCustomer: string): Promise<StoredCustomer | null>;
  save(customer: StoredCustomer): Promise<void>;
  /** In order of id; `after` is the last id of the page before. `starting` ones are left out. */
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
  /** Newest period first. */
  list(filter: {
    readonly mode: Mode;
    readonly customer: string;
    readonly after?: string;
    readonly limit: number;
  }): Promise<{ readonly invoices: readonly Invoice[]; readonly nextCursor: string | null }>;
}

/** A webhook of Stripe: acted on once. */
export interface InboxRow {
  /** Stripe's event id. */
  readonly id: string;
  readonly mode: Mode;
  readonly type: string;
  readonly stripeCustomer: string | null;
  readonly state: 'received' | 'handed' | 'ignored';
  readonly receivedAtMs: number;
}

/** Inbox of webhooks. */
export interface InboxStore {
  /** Inserts, or answers the row that stands. */
  receive(row: InboxRow): Promise<InboxRow>;
  settle(id: string, state: 'handed' | 'ignored'): Promise<void>;
  /** Rows still `received` that are older than `beforeMs`, oldest first. */
  waiting(beforeMs: number, limit: number): Promise<readonly InboxRow[]>;
}

/** Answers kept for Idempotency-Key, 24 h. */
export interface IdempotencyStore {
  /**
   * Claims a key. `claimed`: run it, then `finish`. `running`: the first one is still at work.
   * `done`: replay. `reused`: same key, other request.
   */
  begin(
    mode: Mode,
    key: string,
    requestHash: string,
    nowMs: number,
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

/** Everything over one connection. */
export interface Ledger {
  readonly writer: LogWriter;
  readonly log: LogReader;
  readonly customers: CustomerStore;
  readonly catalogues: CatalogueStore;
  readonly keys: KeyStore;
  readonly intents: IntentStore;
  readonly ensures: EnsureStore;
  readonly invoices: InvoiceStore;
  readonly inbox: InboxStore;
  readonly idempotency: IdempotencyStore;
  /** Resolves when the database answers within 2 s. @throws LedgerError `unavailable`. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** How a ledger is opened: `ledger/open.ts` exports `openLedger(options): Promise<Ledger>`. */
export interface LedgerOptions {
  readonly uri: string;
  readonly now?: () => number;
}
