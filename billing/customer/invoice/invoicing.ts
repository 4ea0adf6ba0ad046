import type { Bill } from '../../bill.js';
import type {
  InvoiceBody,
  InvoiceLine,
  InvoiceReason,
  InvoiceStatus,
  PeriodText,
  RatedLine,
} from '../../invoice.js';
import type { CustomerState, Segment } from '../../state.js';
import { billOf, isHeld, isMadeByUs } from './bills.js';
import { differences } from './comparison.js';
import { itemLine, sentItems } from './items.js';
import { baseOf, invoicedLines, sumMinor, usageLines } from './prediction.js';
import { finalFinding, reviewOf, type Finding, type Found } from '../close/reviews.js';
import { overrunBounds } from '../plans/overrun.js';
import { openSegment, snapshotOf } from '../periods/segments.js';
import type { StripeInvoiceView, StripeLineView } from './view.js';

/** Makes the invoice of CONTRACT §4.6 from the prediction and what stands at Stripe. */

/** An instant as answers show it. */
export function instantText(atMs: number): string {
  return new Date(atMs).toISOString();
}

/** A span of time as answers show it. */
export function periodText(startMs: number, endMs: number): PeriodText {
  return { start: instantText(startMs), end: instantText(endMs) };
}

/**
 * The period after a segment: the one whose base a cycle invoice charges; none after the last, but
 * where Stripe has begun one that is none here.
 */
function following(state: CustomerState, segment: Segment): Segment | null {
  if (segment.close === 'overrun') {
    const { trial: _over, ...next } = segment;
    return { ...next, ...overrunBounds(state, segment), basePlan: segment.plan };
  }
  if (segment.close) return null;
  const next = state.segments.find((candidate) => candidate.index === segment.index + 1);
  return next ?? openSegment(state);
}

/** The base that Stripe charges for a period: that of the plan before, after a late change. */
function chargedBase(state: CustomerState, segment: Segment): RatedLine[] {
  return baseOf(state, { ...segment, plan: segment.basePlan ?? segment.plan });
}

/** The base that Stripe charges where a segment ends, for the period after it. */
export function chargedAhead(state: CustomerState, segment: Segment): readonly RatedLine[] {
  const next = following(state, segment);
  return next ? chargedBase(state, next) : [];
}

function withPeriod(lines: readonly RatedLine[], period: PeriodText): InvoiceLine[] {
  return lines.map((line) => ({ ...line, period }));
}

function foreignLine(line: StripeLineView): InvoiceLine {
  return {
    ref: `stripe/${line.id}`,
    description: line.description,
    period: periodText(line.startSeconds * 1000, line.endSeconds * 1000),
    quantity: line.quantity,
    unitAmountMinor: line.unitAmountMinor ?? String(line.amountMinor),
    amountMinor: line.amountMinor,
  };
}

function itemLines(items: Bill['items']): InvoiceLine[] {
  return items.map((item) =>
    itemLine(item, periodText(item.startSeconds * 1000, item.endSeconds * 1000)),
  );
}

/** What we say an invoice holds, without what others added at Stripe. */
export interface PredictedLines {
  readonly usage: readonly RatedLine[];
  readonly base: readonly RatedLine[];
  readonly lines: readonly InvoiceLine[];
}

/** See `PredictedLines`: usage, our items, then the base. */
export function predictedLines(
  state: CustomerState,
  segment: Segment,
  reason: InvoiceReason,
): PredictedLines {
  const own = periodText(segment.startMs, segment.endMs);
  if (reason === 'start') {
    const base = baseOf(state, segment);
    return { usage: [], base, lines: withPeriod(base, own) };
  }
  if (reason === 'late') {
    return { usage: [], base: [], lines: itemLines(segment.lateInvoice?.items ?? []) };
  }
  // What is not closed yet can still be taken back: it shows as it stands.
  const usage = segment.frozen ? invoicedLines(state, segment) : usageLines(state, segment);
  const next = following(state, segment);
  const base = chargedAhead(state, segment);
  const charged = next ? withPeriod(base, periodText(next.startMs, next.endMs)) : [];
  const lines = [...withPeriod(usage, own), ...itemLines(segment.items), ...charged];
  return { usage, base, lines };
}

function statusOf(view: StripeInvoiceView, held: boolean): InvoiceStatus {
  switch (view.status) {
    case 'open':
      return held ? 'inReview' : 'finalized';
    case 'draft':
      return held ? 'inReview' : 'draft';
    default:
      return view.status;
  }
}

function adjustmentsOf(lines: readonly InvoiceLine[]): number {
  const adjustments = lines.filter((line) => /^(base\/unused|late\/|net$|credit$)/.test(line.ref));
  return sumMinor(adjustments);
}

/** An invoice and why it must wait, if it must: one that is final at Stripe, compared with it. */
export function buildInvoice(
  state: CustomerState,
  segment: Segment,
  reason: InvoiceReason,
  view: StripeInvoiceView,
  nowMs: number,
): InvoiceBody {
  const { usage, base } = predictedLines(state, segment, reason);
  const isOurs = isMadeByUs(segment) || reason === 'late';
  const prediction = {
    usage: isOurs ? [] : usage,
    base,
    items: reason === 'start' ? [] : sentItems(state, segment, reason === 'late'),
  };
  // What Stripe was told says nothing about an invoice that holds none of it.
  const told = isOurs || reason === 'start' ? { ...segment, final: true } : segment;
  const differing = differences(state, told, prediction, view);
  const finding =
    reason === 'start' || reason === 'late'
      ? mismatch(differing)
      : finalFinding(state, segment, differing);
  return bodyOf(state, segment, reason, view, { finding, nowMs });
}

function mismatch(differing: readonly string[]): Finding | null {
  return differing.length === 0 ? null : { reason: 'mismatch', detail: differing.join('; ') };
}

/** A draft: Stripe rates its usage only when it is finalised, so nothing is compared. */
export function bodyOf(
  state: CustomerState,
  segment: Segment,
  reason: InvoiceReason,
  view: StripeInvoiceView,
  found: Found,
): InvoiceBody {
  const foreign = view.lines.filter((line) => line.kind === 'foreign').map(foreignLine);
  const lines = [...predictedLines(state, segment, reason).lines, ...foreign];
  const subtotalMinor = sumMinor(lines);
  const bill = reason === 'start' ? undefined : billOf(segment, reason === 'late');
  const figures = { predictedMinor: subtotalMinor, stripeMinor: view.subtotalMinor };
  const review = reviewOf(bill ?? {}, found, figures);
  const held = review !== null && isHeld({ review, approved: bill?.approved });
  return {
    number: view.number,
    mode: state.key.mode,
    customer: state.key.customer,
    plan: segment.plan,
    currency: snapshotOf(state, segment.plan).currency,
    reason,
    status: statusOf(view, held),
    period: periodText(segment.startMs, segment.endMs),
    lines,
    subtotalMinor,
    adjustmentsMinor: adjustmentsOf(lines),
    discountMinor: view.discountMinor,
    taxMinor: view.taxMinor,
    totalMinor: subtotalMinor - view.discountMinor + view.taxMinor,
    amountDueMinor: view.amountDueMinor,
    finalizedAt: view.finalizedAtMs === null ? null : instantText(view.finalizedAtMs),
    paidAt: view.paidAtMs === null ? null : instantText(view.paidAtMs),
    hostedUrl: view.hostedUrl,
    stripe: { invoice: view.id, subtotalMinor: view.subtotalMinor, totalMinor: view.totalMinor },
    review,
  };
}
