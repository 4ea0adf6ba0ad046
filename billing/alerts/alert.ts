import type { InvoiceReason } from '../invoice.js';
import type { CustomerState } from '../state.js';

/** Alerts: things an operator wants to hear of, each once. */

/** The types of CONTRACT §3.4 and what reconciliation finds; outgoing webhooks carry them. */
export type AlertType =
  | 'limit.approaching'
  | 'limit.reached'
  | 'spend.softReached'
  | 'credits.low'
  | 'customer.frozen'
  | 'customer.planChanged'
  | 'trial.ending'
  | 'invoice.inReview'
  | 'invoice.finalized'
  | 'invoice.paid'
  | 'invoice.failed'
  | 'report.deadLetter'
  | 'report.overdue'
  | 'reconcile.difference';

/** Figures of an alert: plain JSON, times in RFC 3339, amounts as answers show them. */
export type AlertDetails = Readonly<Record<string, string | number | boolean | null>>;

/** Something that an operator is to hear of. */
export interface Alert {
  /** Its content as text, unique within a customer's life: `TYPE/SUBJECT/WINDOW START/PERCENT`. */
  readonly key: string;
  readonly type: AlertType;
  readonly details: AlertDetails;
  /** Index of the segment whose invoice it is about; absent: it is about the customer. */
  readonly segment?: number;
  /** Why that invoice exists; absent: by the cycle. */
  readonly reason?: InvoiceReason;
  /** From then on it can't be due again, customer's ms; 0: only while what it is about lasts. */
  readonly untilMs: number;
}

/** An alert with the time it was found at. */
export interface DueAlert extends Alert {
  /** Customer's time, ms. */
  readonly atMs: number;
}

/** What a customer's state remembers of alerts. */
export interface AlertBook {
  /** By key: until when it is remembered (`untilMs`). */
  readonly raised: Readonly<Record<string, number>>;
  /** Of things that happened, not of what lasts: wait to be raised, oldest first. */
  readonly waiting: readonly Alert[];
  /** True where reports that Stripe will soon refuse for their age are told of. */
  readonly overdue?: true;
}

/** An instant in RFC 3339, UTC. */
export function timeText(atMs: number): string {
  return new Date(atMs).toISOString();
}

/** Things that happened and wait, at most; the oldest go. One step raises up to 50. */
const WAITING_MAX = 100;

/** The state that raises alerts from now on; one that does already stays as it is. */
export function withAlerts(state: CustomerState): CustomerState {
  return state.alerts ? state : { ...state, alerts: { raised: {}, waiting: [] } };
}

/** The state that tells of overdue reports from now on; without alerts it stays as it is. */
export function withOverdue(state: CustomerState): CustomerState {
  const { alerts } = state;
  return !alerts || alerts.overdue ? state : { ...state, alerts: { ...alerts, overdue: true } };
}

/** The state with something that happened; the same where no alerts are raised. */
export function happened(state: CustomerState, alert: Alert): CustomerState {
  const { alerts } = state;
  if (!alerts || Object.hasOwn(alerts.raised, alert.key)) return state;
  const others = alerts.waiting.filter(({ key }) => key !== alert.key);
  return { ...state, alerts: { ...alerts, waiting: [...others, alert].slice(-WAITING_MAX) } };
}
