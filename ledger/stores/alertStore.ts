import type { AlertDetails, AlertType } from '../../billing/alerts/alert.js';
import type { Mode } from '../../billing/catalogue.js';

/** What the ledger keeps of alerts. */

/** One way an alert is told. */
export interface AlertDelivery {
  readonly channel: 'webhook' | 'slack' | 'email';
  /** For people, without any secret: an address without its query, `slack`, `mailto:…`. */
  readonly to: string;
  readonly status: 'pending' | 'delivered' | 'failed';
  readonly attempts: number;
  /** Real time of the last attempt, ms. */
  readonly lastAtMs: number | null;
  /** Real time of the next one, ms; null: none comes. */
  readonly nextAttemptAtMs: number | null;
}

/** An alert as it was raised, and where its deliveries stand. */
export interface StoredAlert {
  /** Made from mode, customer, life and content: the same alert is the same row. */
  readonly id: string;
  readonly mode: Mode;
  readonly customer: string;
  readonly life: number;
  readonly type: AlertType;
  /** Customer's time, ms. */
  readonly timestampMs: number;
  /** Real time, ms. */
  readonly raisedAtMs: number;
  readonly details: AlertDetails;
  /** Invoice it is about. */
  readonly invoice: string | null;
  readonly deliveries: readonly AlertDelivery[];
}

/** Alerts. */
export interface AlertStore {
  /** Stores those whose ids do not stand yet; the first one stands. */
  raise(alerts: readonly StoredAlert[]): Promise<void>;
  /** Takes alerts with a delivery due at `nowMs`; to anyone else they are due at `untilMs`. */
  claim(nowMs: number, untilMs: number, limit: number): Promise<readonly StoredAlert[]>;
  /** What came of the deliveries of an alert that was claimed. */
  settle(id: string, deliveries: readonly AlertDelivery[]): Promise<void>;
  /** Newest first, by real time. @throws LedgerError `invalid` for a cursor of no page. */
  list(filter: {
    readonly mode: Mode;
    readonly customer?: string;
    readonly after?: string;
    readonly limit: number;
  }): Promise<{ readonly alerts: readonly StoredAlert[]; readonly nextCursor: string | null }>;
}
