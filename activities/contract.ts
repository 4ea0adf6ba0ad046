import type { DueAlert } from '../billing/alerts/alert.js';
import type { Mode, PlanSnapshot } from '../billing/catalogue.js';
import type { InvoiceBody, InvoiceReason } from '../billing/invoice.js';
import type { CustomerKey, Fence, LogStretch } from '../billing/log.js';
import type { Command, StripeLink } from '../billing/command.js';
import type { CustomerRow } from '../billing/customer/row.js';
import type { StripeInvoiceView } from '../billing/customer/view.js';
import type { DraftItem, ReportTotals } from '../billing/state.js';

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

/** Activities on the Stripe task queue. */
export interface StripeActivities {
  /**
   * Ensures customer, test clock (test mode), payment method (sandbox) and subscription, then
   * writes `subscribed` or `subscribeFailed` into the log. Away with nothing made at Stripe:
   * `subscribeFailed` `unavailable`; outcome unknown: throws, to be repeated.
   */
  subscribe(input: {
    readonly key: CustomerKey;
    readonly request: number;
    readonly plan: PlanSnapshot;
    /** Customer's time at which it begins, ms; also where a new test clock starts. */
    readonly startMs: number;
    readonly name: string | null;
    readonly email: string | null;
  }): Promise<{ readonly number: number }>;
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
  /**
   * Finds the invoice of a segment (`cycle`: the one whose usage lines are the segment's; `start`:
   * the subscription's first) and, while it is a draft, turns `auto_advance` off.
   */
  holdInvoice(
    input: StripeParty & { readonly segment: SegmentAtStripe; readonly reason: InvoiceReason },
  ): Promise<{ readonly invoice: StripeInvoiceView | null }>;
  /** Puts our items on a draft, each once by its name. */
  completeDraft(
    input: StripeParty & { readonly invoice: string; readonly items: readonly DraftItem[] },
  ): Promise<void>;
  /** Finalises a draft uncollected; one that is final already is only read. */
  finaliseInvoice(
    input: StripeParty & { readonly invoice: string },
  ): Promise<{ readonly invoice: StripeInvoiceView }>;
  /** Turns `auto_advance` on and pays an open invoice; a refused card leaves it open. */
  collectInvoice(
    input: StripeParty & { readonly invoice: string },
  ): Promise<{ readonly invoice: StripeInvoiceView; readonly refused: string | null }>;
}


/** Activities of the sweep: each answers how many it had to help. */
export interface SweepActivities {
  /** Tells workflows whose mark is below the head of their log. */
  sweepHeads(): Promise<number>;
  /** Hands over webhooks still `received` after 30 s. */
  sweepInbox(): Promise<number>;
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
