import type { Mode, PlanName } from './catalogue.js';

/** Invoices and their lines as CONTRACT §4.6 shows them. */

/** One rated line. Amounts: exact decimal unit, whole minor units. */
export interface RatedLine {
  /** `base`, `METER`, `METER/included`, `METER/tier-N`, `METER/tier-N/flat`, `late/METER` … */
  readonly ref: string;
  readonly meter?: string;
  readonly description: string;
  /** Whole units; credits as a decimal string. */
  readonly quantity: number | string;
  /** Packages sold, package prices only. */
  readonly packages?: number;
  /** Exact decimal string of minor units. */
  readonly unitAmountMinor: string;
  readonly amountMinor: number;
}

/** Half-open span of time as answers show it: RFC 3339, UTC, milliseconds. */
export interface PeriodText {
  readonly start: string;
  readonly end: string;
}

/** A line of an invoice: a rated line and the period it is for. */
export interface InvoiceLine extends RatedLine {
  readonly period: PeriodText;
}

/** Why an invoice exists. */
export type InvoiceReason = 'start' | 'cycle' | 'final' | 'late';

/** Where an invoice stands. */
export type InvoiceStatus =
  | 'draft'
  | 'inReview'
  | 'finalized'
  | 'paid'
  | 'uncollectible'
  | 'void';

/** Why an invoice is held uncollected. */
export interface InvoiceReview {
  readonly reason: 'spike' | 'mismatch' | 'unreported' | 'unpaid' | 'operator';
  readonly since: string;
  readonly detail: string;
  readonly predictedMinor: number;
  readonly stripeMinor: number;
}

/** One invoice here is one invoice at Stripe. */
export interface Invoice {
  /** `inv_` + 24 hex of SHA-256(mode, customer, life, reason, segment index). */
  readonly id: string;
  readonly number: string | null;
  readonly mode: Mode;
  readonly customer: string;
  readonly plan: PlanName;
  readonly currency: string;
  readonly reason: InvoiceReason;
  readonly status: InvoiceStatus;
  readonly period: PeriodText;
  readonly lines: readonly InvoiceLine[];
  readonly subtotalMinor: number;
  readonly adjustmentsMinor: number;
  readonly discountMinor: number;
  readonly taxMinor: number;
  readonly totalMinor: number;
  readonly amountDueMinor: number;
  readonly finalizedAt: string | null;
  readonly paidAt: string | null;
  readonly hostedUrl: string | null;
  readonly stripe: {
    readonly invoice: string;
    readonly subtotalMinor: number;
    readonly totalMinor: number;
  } | null;
  readonly review: InvoiceReview | null;
}

/** An invoice before it has its id, which is made from its key where hashing is at hand. */
export type InvoiceBody = Omit<Invoice, 'id'>;
