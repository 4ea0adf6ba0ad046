import type { Mode } from '../../billing/catalogue.js';

/** What the ledger keeps of Stripe's webhooks. */

/** An object that Stripe must be asked for before it is known whom an event concerns. */
export interface InboxLookup {
  /** `event`: a thin one, which holds nothing but its id. */
  readonly object: 'charge' | 'meter' | 'event';
  readonly id: string;
}

/** A webhook of Stripe: acted on once. */
export interface InboxRow {
  /** Stripe's event id. */
  readonly id: string;
  readonly mode: Mode;
  readonly type: string;
  readonly stripeCustomer: string | null;
  /** What is to be asked for first; absent: nothing. */
  readonly lookup?: InboxLookup;
  readonly state: 'received' | 'handed' | 'ignored';
  /** Why it was ignored. */
  readonly reason?: string;
  readonly receivedAtMs: number;
}

/** Inbox of webhooks. */
export interface InboxStore {
  /** Inserts, or answers the row that stands. */
  receive(row: InboxRow): Promise<InboxRow>;
  find(id: string): Promise<InboxRow | null>;
  /** Ends a row that is still `received`; later ends change nothing. */
  settle(id: string, state: 'handed' | 'ignored', reason?: string): Promise<void>;
  /** Rows still `received` that are older than `beforeMs`, oldest first; `after`: the last seen. */
  waiting(
    beforeMs: number,
    limit: number,
    after?: Pick<InboxRow, 'id' | 'receivedAtMs'>,
  ): Promise<readonly InboxRow[]>;
  /** Removes rows that ended and were received before `beforeMs`. */
  forget(beforeMs: number): Promise<void>;
}
