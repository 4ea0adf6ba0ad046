import type { Invoice, InvoiceLine } from '../invoice.js';
import type { CustomerState, Segment } from '../state.js';
import type { ReportedUnits } from './usageComparison.js';
import type { UsageTally } from './tally.js';

/** From an invoice line back to price, arithmetic, reports and events, one step at a time. */

/** What a step is about. */
export type StepKind =
  | 'price'
  | 'quantity'
  | 'arithmetic'
  | 'rounding'
  | 'given'
  | 'check'
  | 'reports'
  | 'report'
  | 'day'
  | 'event';

/** One step; all figures exact. */
export interface Step {
  /** Ref of the line; `usage of METER` for reports, days and events: its lines share them. */
  readonly line: string;
  readonly step: StepKind;
  /** The step as a sentence. */
  readonly text: string;
  readonly figures: Readonly<Record<string, string | number | boolean | null>>;
}

/** A line explained; `recomputedMinor` null: it was given, not computed. */
export interface LineExplanation {
  readonly steps: readonly Step[];
  readonly recomputedMinor: number | null;
  /** False where what was computed anew is not what the line says. */
  readonly equal: boolean;
}

/** An invoice as far as it is explained: a stored one, or the preview of the next. */
export type Explained = Pick<Invoice, 'reason' | 'plan' | 'currency' | 'lines' | 'period'>;

/** A stored report with its receipt: what Stripe counted in its minute. */
export interface ReceiptedReport extends ReportedUnits {
  /** Null: not asked for. */
  readonly receipt: number | null;
}

/** Stored reports of one (segment, meter). */
export interface ReportsShown {
  readonly count: number;
  readonly acceptedUnits: number;
  readonly otherUnits: number;
  /** Newest last; only so many as were asked for. */
  readonly shown: readonly ReceiptedReport[];
}

/** All that an explanation stands on. */
export interface Ground {
  /** The whole log folded anew, with the sums of stored reports put in. */
  readonly state: CustomerState;
  readonly tally: UsageTally;
  /** Log number of a segment's fence; null: it stands open. */
  readonly fenceOf: (segment: number) => number | null;
  readonly reportsOf: (segment: number, meter: string) => ReportsShown;
  /** Late units of a segment's meter on invoices and lines before this line. */
  readonly lateBefore: (line: InvoiceLine, segment: Segment) => number;
}

/**
 * The segment whose period a line begins with: of those, the one that has time.
 * @throws Error when the log has none.
 */
export function segmentStarting({ state }: Ground, startText: string): Segment {
  const startMs = Date.parse(startText);
  const found = state.segments.findLast((segment) => segment.startMs === startMs);
  if (found) return found;
  throw new Error(`the log has no period that starts at ${startText}`);
}

/** The last step of every line: what was computed anew beside what the line says. */
export function checkStep(ref: string, recomputedMinor: number, amountMinor: number): Step {
  const equal = recomputedMinor === amountMinor;
  const text = equal
    ? `computed anew ${recomputedMinor}, the same as the line`
    : `computed anew ${recomputedMinor}, the line says ${amountMinor}: NOT EQUAL`;
  return { line: ref, step: 'check', text, figures: { recomputedMinor, amountMinor, equal } };
}
