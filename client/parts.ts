import { Decisions } from './decisions.js';
import { Guard } from './guard.js';
import { Http } from './http.js';
import { FileJournal } from './journal/fileJournal.js';
import type { Journal } from './journal/journal.js';
import { MemoryJournal } from './journal/memoryJournal.js';
import { LocalLeases } from './leases/localLeases.js';
import { warnOfLoss, type Loss } from './loss.js';
import { Outbox } from './outbox.js';
import { RETRY_POLICY, type RetryPolicy } from './retrying.js';
import { Tracking } from './tracking.js';

/** How a client is set up. */
export interface DurabillOptions {
  /** Of the API, such as `http://localhost:3000`. */
  readonly url: string;
  /** `dbk_…`. */
  readonly key: string;
  readonly fetch?: typeof fetch;
  /** For each attempt; 10,000 if left out. */
  readonly timeoutMs?: number;
  /** Repeats of requests that name themselves by an id; `RETRY_POLICY` where left out. */
  readonly retry?: Partial<RetryPolicy>;
  /**
   * Where usage is kept while the API is away: a folder that processes may share. Without one, in
   * memory, gone with the process. `bytesMax`: 67,108,864 if left out.
   */
  readonly journal?: { readonly folder?: string; readonly bytesMax?: number };
  /** How many requests one local lease is for; 20 to 10,000 if left out. */
  readonly leaseRequests?: { readonly min?: number; readonly max?: number };
  /** `count` meters that limit rates: a local lease takes 1 of each for every request. */
  readonly leaseCountMeters?: readonly string[];
  /**
   * Who names a reservation that has no id of the caller's. `api` (default): it can serve it out
   * of its own leases, which is much faster; where an answer is lost, the repeat holds quota once
   * more until the first one expires. `client`: a repeat is the same reservation. Either way it
   * counts once.
   */
  readonly reservationNames?: 'client' | 'api';
  /** Usage that the API refused for good; a warning on standard error if left out. */
  readonly onLoss?: (loss: Loss) => void;
}

/** What a client is made of. */
export interface Parts {
  readonly http: Http;
  readonly outbox: Outbox;
  readonly leases: LocalLeases;
  readonly decisions: Decisions;
  readonly tracking: Tracking;
  readonly guard: Guard;
}

const JOURNAL_BYTES_MAX = 64 * 1024 * 1024;

const TIMEOUT_MS = 10_000;

function journalOf({ journal = {}, onLoss = warnOfLoss }: DurabillOptions): Journal {
  const { folder, bytesMax = JOURNAL_BYTES_MAX } = journal;
  if (folder === undefined) return new MemoryJournal(bytesMax);
  return new FileJournal(folder, bytesMax, (detail) => {
    onLoss({ entry: null, code: 'journal_damaged', detail });
  });
}

/** Puts a client together. */
export function partsOf(options: DurabillOptions): Parts {
  const { url, key, timeoutMs = TIMEOUT_MS, onLoss = warnOfLoss } = options;
  const { min: requestsMin = 20, max: requestsMax = 10_000 } = options.leaseRequests ?? {};
  const retry = { ...RETRY_POLICY, ...options.retry };
  const http = new Http({ url, key, fetch: options.fetch ?? fetch, timeoutMs, retry });
  const outbox = new Outbox(journalOf(options), http, onLoss);
  const { leaseCountMeters: countMeters = [] } = options;
  const leases = new LocalLeases(http, { requestsMin, requestsMax, countMeters });
  const decisions = new Decisions(http, outbox, leases, options.reservationNames ?? 'api');
  const tracking = new Tracking(http, outbox);
  return { http, outbox, leases, decisions, tracking, guard: new Guard(decisions, outbox) };
}
