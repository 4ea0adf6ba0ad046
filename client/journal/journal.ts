import type { Properties, Quantities, UsageEvent } from '../bodies.js';
import { DurabillError } from '../durabillError.js';

/** What waits for the API, in the order of its calls. */

/** An event that has its id. */
export type NamedEvent = UsageEvent & { readonly id: string };

/** Body of a commit; `token` or `customer` says whose. */
export interface CommitBody {
  readonly customer?: string;
  readonly token?: string;
  readonly quantities?: Quantities;
  readonly properties?: Properties;
  readonly cacheHit?: boolean;
}

/** One thing to send. */
export type JournalEntry =
  | {
      readonly type: 'event';
      readonly event: NamedEvent;
      /** When it happened, ms since 1970. */
      readonly atMs: number;
      /** Its own time is sent even if it is sent at once. */
      readonly late: boolean;
    }
  | { readonly type: 'commit'; readonly id: string; readonly body: CommitBody };

/** Keeps entries until they are sent; bounded. */
export interface Journal {
  /** Entries that wait. */
  readonly size: number;
  /** Takes what earlier processes left. */
  open(): Promise<void>;
  /**
   * Resolves once the entries are kept: all or none.
   * @throws DurabillError `journal_full`.
   */
  append(entries: readonly JournalEntry[]): Promise<void>;
  /** The oldest, at most `countMax`. */
  head(countMax: number): readonly JournalEntry[];
  /** The oldest `count` were sent. */
  drop(count: number): Promise<void>;
  close(): Promise<void>;
}

/** The error of a journal at its bound. */
export function journalFull(bytesMax: number, waiting: number): DurabillError {
  return new DurabillError({
    code: 'journal_full',
    status: 0,
    retryable: true,
    detail: `The journal is full: ${waiting} entries wait for the API, at most ${bytesMax} bytes.`,
  });
}
