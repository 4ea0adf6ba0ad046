import type {
  InvoiceBody,
  InvoiceLine,
  InvoiceReason,
  InvoiceReview,
  InvoiceStatus,
  PeriodText,
  RatedLine,
} from '../invoice.js';
import type { CustomerState, DraftItem, Segment } from '../state.js';
import { differences } from './comparison.js';
import { baseOf, sumMinor, usageLines } from './prediction.js';
import { openSegment, snapshotOf } from './segments.js';
import { isUnreported } from './steps.js';
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

/** The period after a segment: the one whose base a cycle invoice charges. */
function following(state: CustomerState, segment: Segment): Segment {
  const next = state.segments.find((candidate) => candidate.index === segment.index + 1);
  return next ?? openSegment(state);
}

function withPeriod(lines: readonly RatedLine[], period: PeriodText): InvoiceLine[] {
  return lines.map((line) => ({ ...line, period }));
}

function itemLine(item: DraftItem): InvoiceLine {
  return {
    ref: item.ref,
    meter: item.ref.split('/')[1],
    description: item.description,
    period: periodText(item.startSeconds * 1000, item.endSeconds * 1000),
    quantity: item.quantity,
    unitAmountMinor: '0',
    amountMinor: item.amountMinor,
  };
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

/** What we say the invoice holds, without what others added at Stripe. */
export function predictedLines(
  state: CustomerState,
  segment: Segment,
  reason: InvoiceReason,
): { readonly usage: RatedLine[]; readonly base: RatedLine[]; readonly lines: InvoiceLine[] } {
  const own = periodText(segment.startMs, segment.endMs);
  if (reason === 'start') {
    const base = baseOf(state, segment);
    return { usage: [], base, lines: withPeriod(base, own) };
  }
  const next = following(state, segment);
  const usage = usageLines(state, segment);
  const base = baseOf(state, next);
  const lines = [
    ...withPeriod(usage, own),
    ...segment.items.map(itemLine),
    ...withPeriod(base, periodText(next.startMs, next.endMs)),
  ];
  return { usage, base, lines };
}

function statusOf(view: StripeInvoiceView, review: InvoiceReview | null): InvoiceStatus {
  switch (view.status) {
    case 'open':
      return review ? 'inReview' : 'finalized';
    case 'draft':
      return review ? 'inReview' : 'draft';
    default:
      return view.status;
  }
}

function adjustmentsOf(lines: readonly InvoiceLine[]): number {
  const adjustments = lines.filter((line) => /^(base\/unused|late\/|net$|credit$)/.test(line.ref));
  return sumMinor(adjustments);
}

/** An invoice and why it must wait, if it must. */
export function buildInvoice(
  state: CustomerState,
  segment: Segment,
  reason: InvoiceReason,
  view: StripeInvoiceView,
  nowMs: number,
): InvoiceBody {
  const { usage, base, lines: ours } = predictedLines(state, segment, reason);
  const items = reason === 'start' ? [] : segment.items;
  const foreign = view.lines.filter((line) => line.kind === 'foreign').map(foreignLine);
  const lines = [...ours, ...foreign];
  const differing =
    reason === 'start'
      ? differences(state, { ...segment, final: true }, { usage, base, items }, view)
      : differences(state, segment, { usage, base, items }, view);
  const subtotalMinor = sumMinor(lines);
  const review = reviewOf(segment, reason, differing, subtotalMinor, view, nowMs);
  return {
    number: view.number,
    mode: state.key.mode,
    customer: state.key.customer,
    plan: segment.plan,
    currency: snapshotOf(state, segment.plan).currency,
    reason,
    status: statusOf(view, review),
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

function reviewOf(
  segment: Segment,
  reason: InvoiceReason,
  differing: readonly string[],
  predictedMinor: number,
  view: StripeInvoiceView,
  nowMs: number,
): InvoiceReview | null {
  const unreported = reason !== 'start' && isUnreported(segment);
  if (differing.length === 0 && !unreported) return null;
  return {
    reason: unreported ? 'unreported' : 'mismatch',
    since: instantText(nowMs),
    detail: differing.join('; ') || 'reports are pending, in doubt or dead',
    predictedMinor,
    stripeMinor: view.subtotalMinor,
  };
}
