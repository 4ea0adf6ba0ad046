import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Mode } from '../billing/catalogue.js';
import type { HoldAnswer, HoldAsk } from '../billing/holds/asks.js';
import type { CustomerKey, UsageMessage } from '../billing/log.js';
import type { ReportName } from '../billing/customer/reporting/recounting.js';
import type { CustomerState } from '../billing/state.js';

/** The contract with a customer's workflow: names, messages, ids. Nobody writes a name twice. */

/** Task queue of workflows and of activities that touch the log and our own collections. */
export const BILLING_TASK_QUEUE = 'durabill-billing';

/** Task queue of activities that call Stripe; rate-limited as a whole. */
export const STRIPE_TASK_QUEUE = 'durabill-stripe';

/** Workflow type of one customer's life; the name of the exported workflow function. */
export const CUSTOMER_WORKFLOW = 'customerBilling';

/** Workflow type of the sweep, started by a Temporal Schedule of this id. */
export const SWEEP_WORKFLOW = 'sweepLogs';

/** Id of the Temporal Schedule that runs the sweep. */
export const SWEEP_SCHEDULE = 'durabill-sweep';

/** Workflow type that delivers alerts again, started by a Temporal Schedule of this id. */
export const ALERT_WORKFLOW = 'deliverAlerts';

/** Id of the Temporal Schedule that delivers alerts again. */
export const ALERT_SCHEDULE = 'durabill-alerts';

/** Workflow type that asks Stripe whom one event concerns, and tells them. */
export const EVENT_WORKFLOW = 'workOnEvent';

/** Workflow id of one event of Stripe; its id is unique over both modes. */
export function eventWorkflowId(event: string): string {
  return `stripe-event/${event}`;
}

/** Workflow type that reconciles every customer, started by a Temporal Schedule of this id. */
export const RECONCILE_WORKFLOW = 'reconcileCustomers';

/** Id of the Temporal Schedule that reconciles every customer once a day. */
export const RECONCILE_SCHEDULE = 'durabill-reconcile';

/** What a day's reconciliation starts from, and carries on. */
export interface ReconcileInput {
  readonly mode: Mode;
  /** Last customer that is done; null: none of this mode. */
  readonly after: string | null;
  readonly customers: number;
  readonly differences: number;
  /** Customers that could not be reconciled. */
  readonly failed: number;
}

/** What a customer's workflow starts from: nothing but its name, or the state it carries on. */
export interface CustomerInput {
  readonly key: CustomerKey;
  /** Absent at the first start: the state is then healed from the log. */
  readonly state?: CustomerState;
  /** History length that triggers continue-as-new; default 2,000. Lowered in tests. */
  readonly historyLengthMax?: number;
}

/**
 * Groups were recorded. A signal, not an Update: nobody waits for a verdict, and a lost one is
 * healed from the log. With no ranges it only says how far the log goes.
 */
export const usageRecordedSignal = defineSignal<[UsageMessage]>('usageRecorded');

/** Something changed at Stripe. Carries no content of it: whoever is told looks again. */
export interface StripeNews {
  /** Id of the inbox row. */
  readonly event: string;
  /** The event's type; absent: it may be of anything. */
  readonly type?: string;
  /** Reports whose sums changed in our books, too: read them anew. */
  readonly recount?: readonly ReportName[];
}

/** Something of this customer changed at Stripe: look again. */
export const stripeChangedSignal = defineSignal<[StripeNews]>('stripeChanged');

/**
 * Temporal was restored from a backup: heal to the head of the log and begin a new epoch before
 * anything is granted again (DESIGN §3).
 */
export const restoredSignal = defineSignal('restored');

/** Asks that one Update carries at most (DESIGN §4, exact mode). */
export const ASKS_MAX = 200;

/** What one API process asks at a time: all asks of one customer that have collected. */
export interface DecideRequest {
  readonly asks: readonly HoldAsk[];
  /** Usage that rides along; it is folded before anything is decided. */
  readonly usage?: UsageMessage;
}

/** The answers, in the order of the asks. */
export interface DecideReply {
  readonly answers: readonly HoldAnswer[];
  /** The customer's time of the decision, ms: what the answers' times are to be compared with. */
  readonly nowMs: number;
  /** Folded without a gap up to here, usage that rode along included. */
  readonly mark: number;
}

/** Asks for holds. One Update in flight per customer and process; answers at once. */
export const decideUpdate = defineUpdate<DecideReply, [DecideRequest]>('decide');

/**
 * Type of the failure by which the validator refuses an Update that would change nothing: it
 * leaves no history. Its first detail is the DecideReply; usage that rode along was not folded.
 */
export const REFUSED = 'Refused';

/** The whole state, plain JSON; readers fold the log above its mark on top. */
export const standingQuery = defineQuery<CustomerState>('standing');

/** The mark alone: cheap, for sweeps and waits. */
export const markQuery = defineQuery<number>('mark');

/**
 * Workflow id of one customer: `billing/MODE/CUSTOMER`, and `/LIFE` after it from the second life
 * on: what is sent to a life that is over, however late, never reaches the next one.
 */
export function billingWorkflowId({ mode, customer, life }: CustomerKey): string {
  const first = `billing/${mode}/${customer}`;
  return life === 1 ? first : `${first}/${life}`;
}

/** Workflow type that deletes one customer. */
export const DELETION_WORKFLOW = 'deleteCustomer';

/** Workflow id of a deletion: one of each life. */
export function deletionWorkflowId({ mode, customer, life }: CustomerKey): string {
  return `deletion/${mode}/${customer}/${life}`;
}

/** How a deletion ended. */
export interface DeletionOutcome {
  /** What is waited for, in words: nothing was deleted. Empty: all is. */
  readonly awaited: readonly string[];
}

/** Search attributes that the servers must know, by name and Temporal type. */
export const SEARCH_ATTRIBUTES = {
  DurabillPlan: 'Keyword',
  DurabillStatus: 'Keyword',
  DurabillPeriodEnd: 'Datetime',
  DurabillFrozen: 'Bool',
} as const;
