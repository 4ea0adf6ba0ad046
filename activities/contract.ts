import type { DueAlert } from '../billing/alerts/alert.js';
import type { Mode, PlanSnapshot } from '../billing/catalogue.js';
import type { InvoiceBody, InvoiceReason } from '../billing/invoice.js';
import type { CustomerKey, Fence, LogStretch } from '../billing/log.js';
import type { Command, StripeLink } from '../billing/command.js';
import type { CustomerRow } from '../billing/customer/reads/row.js';
import type { StripeInvoiceView } from '../billing/customer/invoice/view.js';
import type { Difference } from '../billing/reconcile/difference.js';
import type { DraftItem, ReportTotals } from '../billing/state.js';
import type { PlanActivities } from './planContract.js';

/**
 * What a customer's workflow may ask of the world. Every activity can be repeated: each compares
 * what is with what should be. Failures are Temporal ApplicationFailures whose `type` is a code;
 * `nextRetryDelay` carries Stripe's Retry-After.
 */

/** One page of a customer's log from `from` on, in order and without a gap. */
export interface LogPage {
  readonly stretches: readonly LogStretch[];
  /** Highest number in the log at the time of reading. */
  readonly head: number;
  /** A number that is missing below the head, if any: the workflow halts. */
  readonly missing: number | null;
}

/** Activities on the billing task queue: the log and our own collections. */
export interface LogActivities {
  /**
   * Reads forward from `from`. A page ends before `before` (first range folded ahead), after
   * about 500 KB of rows, or at the head. Sums made under a catalogue older than `catalogue`
   * are made anew from the entries. `apart`: each group is a stretch of its own, in its order;
   * without it groups that only count are merged, until a plan that pays in credits begins.
   */
  readLog(input: {
    readonly key: CustomerKey;
    readonly from: number;
    readonly before: number | null;
    readonly catalogue: number;
    readonly apart?: boolean;
  }): Promise<LogPage>;
  /** Writes a fence, once per name; answers the number it stands at. */
  writeFence(input: {
    readonly key: CustomerKey;
    readonly name: string;
    readonly fence: Fence;
  }): Promise<{ readonly number: number }>;
  /** Writes a command, once per id; answers the number it stands at. */
  writeCommand(input: {
    readonly key: CustomerKey;
    readonly id: string;
    readonly command: Command;
  }): Promise<{ readonly number: number }>;
  /** The newest published version of a plan. @throws ApplicationFailure `unknown_plan`. */
  findPlan(input: { readonly mode: Mode; readonly plan: string }): Promise<PlanSnapshot>;
  /** Stores the row that other processes read. */
  saveCustomer(row: CustomerRow): Promise<void>;
  /** Gives an invoice its id and stores it; a repeat replaces it by the newer state. */
  saveInvoice(input: {
    readonly key: CustomerKey;
    readonly segment: number;
    readonly invoice: InvoiceBody;
  }): Promise<void>;
}

/** A segment as Stripe activities need it. */
export interface SegmentAtStripe {
  readonly index: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/** What a Stripe activity needs to know of its customer. */
export interface StripeParty {
  readonly key: CustomerKey;
  readonly stripe: StripeLink;
  /** The customer's now, ms. */
  readonly nowMs: number;
}

/** Activities on the Stripe task queue: plans, and all that is about money. */
export interface StripeActivities extends PlanActivities {
  /** Moves a test clock forward and waits until Stripe says ready; never backward. */
  advanceTestClock(input: {
    readonly mode: Mode;
    readonly testClock: string;
    readonly toSeconds: number;
  }): Promise<{ readonly nowSeconds: number }>;
  /**
   * Brings what Stripe was told of one (segment, meter) up to `target` R: settles open intents,
   * stores one new intent for the rest, sends it. Answers the sums of all intents.
   */
  reportUsage(
    input: StripeParty & {
      readonly segment: SegmentAtStripe;
      readonly meter: string;
      readonly target: number;
      /** Newest bucket with usage, Unix seconds. */
      readonly newestSeconds: number;
    },
  ): Promise<ReportTotals>;
  /** Sum that Stripe's summary shows for the segment's whole minutes. */
  readSummary(
    input: StripeParty & { readonly segment: SegmentAtStripe; readonly meter: string },
  ): Promise<{ readonly value: number }>;
  /** The same of several meters, by their ids. */
  readSummaries(
    input: StripeParty & { readonly segment: SegmentAtStripe; readonly meters: readonly string[] },
  ): Promise<{ readonly values: Readonly<Record<string, number>> }>;
  /**
   * Finds the invoice of a segment (`cycle`: the one whose usage lines are the segment's; `start`:
   * the one that charged its base at once) and, while it is a draft, turns `auto_advance` off.
   */
  holdInvoice(
    input: StripeParty & { readonly segment: SegmentAtStripe; readonly reason: InvoiceReason },
  ): Promise<{ readonly invoice: StripeInvoiceView | null }>;
  /**
   * Ensures an invoice of our own, apart from the subscription: a draft without lines that Stripe
   * does not advance by itself. `final`: of a segment that Stripe bills nothing of; `late`: of
   * usage that came after a customer left; `cycle`: of a period that Stripe made no draft for.
   */
  makeInvoice(
    input: StripeParty & {
      readonly segment: SegmentAtStripe;
      readonly reason: Exclude<InvoiceReason, 'start'>;
      readonly currency: string;
    },
  ): Promise<{ readonly invoice: StripeInvoiceView }>;
  /** Puts our items on a draft, each once by its name; one that is final is only read. */
  completeDraft(
    input: StripeParty & { readonly invoice: string; readonly items: readonly DraftItem[] },
  ): Promise<{ readonly invoice: StripeInvoiceView }>;
  /** Reads an invoice; `hold`: Stripe is not to finalise or collect it by itself from now on. */
  readInvoice(
    input: StripeParty & { readonly invoice: string; readonly hold: boolean },
  ): Promise<{ readonly invoice: StripeInvoiceView }>;
  /**
   * Gives money back on a final invoice: a credit note, once by its name. Of an open one less is
   * due then; of a paid one it goes to the customer's balance, or with `refund` back to the card.
   * `refused`: why Stripe does not.
   */
  creditInvoice(
    input: StripeParty & {
      readonly invoice: string;
      readonly name: string;
      readonly amountMinor: number;
      readonly reason: string;
      readonly refund: boolean;
    },
  ): Promise<{ readonly invoice: StripeInvoiceView; readonly refused: string | null }>;
  /** Finalises a draft uncollected; one that is final already is only read. */
  finaliseInvoice(
    input: StripeParty & { readonly invoice: string },
  ): Promise<{ readonly invoice: StripeInvoiceView }>;
  /** Turns `auto_advance` on and pays an open invoice; a refused card leaves it open. */
  collectInvoice(
    input: StripeParty & { readonly invoice: string },
  ): Promise<{ readonly invoice: StripeInvoiceView; readonly refused: string | null }>;
}


/** Activities of reconciliation. */
export interface ReconcileActivities {
  /** A page of a mode's customers, in order of id; `after` is the last one of the page before. */
  customersToReconcile(input: {
    readonly mode: Mode;
    readonly after: string | null;
    readonly limit: number;
  }): Promise<readonly CustomerKey[]>;
  /** Compares log, workflow, reports, Stripe and invoices of one customer; repairs what is safe. */
  reconcileCustomer(input: {
    readonly key: CustomerKey;
  }): Promise<{ readonly differences: readonly Difference[] }>;
}

/** Activities on alerts. */
export interface AlertActivities {
  /** Stores alerts, each once by its content, and starts to deliver them without waiting. */
  raiseAlerts(input: {
    readonly key: CustomerKey;
    readonly alerts: readonly DueAlert[];
  }): Promise<void>;
  /** Tries every delivery that is due; answers how many alerts it tried. */
  deliverDueAlerts(): Promise<number>;
}
