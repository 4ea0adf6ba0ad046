import type { Mode, PublishedCatalogue } from '../billing/catalogue.js';
import type { CustomerKey, LogEntry, LogGroup, SumRow, UsageEntry } from '../billing/log.js';
import type { AlertStore } from './stores/alertStore.js';
import type { ClaimStore } from './stores/claims.js';
import type { DeletionStore } from './stores/deletions.js';
import type { InboxStore } from './stores/inboxStore.js';
import type {
  CatalogueStore,
  CustomerStore,
  EnsureStore,
  IdempotencyStore,
  IntentStore,
  InvoiceStore,
  KeyStore,
} from './stores/contract.js';

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
  ): Promise<{
    readonly entry: LogEntry;
    readonly number: number;
    readonly recordedAtMs: number;
  } | null>;
  /** Those of the entries with these ids (1,000 at most) that stand, in any order: one read. */
  entries(
    key: CustomerKey,
    ids: readonly string[],
  ): Promise<readonly { readonly entry: LogEntry; readonly number: number }[]>;
  /** Sum rows whose bucket lies in [fromMs, toMs), streamed: constant memory. */
  sums(
    mode: Mode,
    filter: { readonly customer?: string; readonly fromMs: number; readonly toMs: number },
  ): AsyncIterable<{ readonly customer: string; readonly rows: readonly SumRow[] }>;
  /**
   * The same of one customer as a catalogue counts it: groups that were summed under a revision
   * before `revision` lack what it has named since, so their rows are made anew.
   */
  sumsBy(
    catalogue: PublishedCatalogue,
    filter: {
      readonly customer: string;
      readonly fromMs: number;
      readonly toMs: number;
      readonly revision: number;
    },
  ): AsyncIterable<readonly SumRow[]>;
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

/** Everything over one connection. */
export interface Ledger {
  readonly writer: LogWriter;
  readonly log: LogReader;
  readonly customers: CustomerStore;
  readonly catalogues: CatalogueStore;
  readonly keys: KeyStore;
  readonly intents: IntentStore;
  readonly ensures: EnsureStore;
  readonly claims: ClaimStore;
  readonly invoices: InvoiceStore;
  readonly inbox: InboxStore;
  readonly alerts: AlertStore;
  readonly idempotency: IdempotencyStore;
  readonly deletions: DeletionStore;
  /** Resolves when the database answers within 2 s. @throws LedgerError `unavailable`. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** How a ledger is opened: `ledger/open.ts` exports `openLedger(options): Promise<Ledger>`. */
export interface LedgerOptions {
  readonly uri: string;
  readonly now?: () => number;
}
