import type { PlanSnapshot } from '../../catalogue.js';
import type { StripeLink } from '../../command.js';
import type { InvoiceLine, InvoiceReason, PeriodText } from '../../invoice.js';
import { floorMinute } from '../../period.js';
import type { CustomerState, Segment } from '../../state.js';
import { reasonOf } from '../invoice/bills.js';
import { instantText, periodText, predictedLines } from '../invoice/invoicing.js';
import { decideItems } from '../invoice/items.js';
import { begin, isOn, trialDaysOf } from './joining.js';
import { applyEnded } from './leaving.js';
import { sumMinor } from '../invoice/prediction.js';
import { applyTurned } from './scheduling.js';
import { extendTo, isPriced, openSegment, segmentAt, snapshotOf } from '../periods/segments.js';

/** What a change of plan would bill; nothing is changed (CONTRACT §3.1). */

/** An invoice that does not exist yet. */
export interface InvoiceDraft {
  readonly customer: string;
  readonly plan: Segment['plan'];
  readonly currency: string;
  readonly reason: InvoiceReason;
  readonly status: 'draft';
  readonly period: PeriodText;
  readonly lines: readonly InvoiceLine[];
  readonly subtotalMinor: number;
}

/** When a change would act, and the invoices that it would bring. */
export interface PlanPreview {
  readonly effectiveAt: string;
  readonly invoices: readonly InvoiceDraft[];
}

/** No object at Stripe: a subscription as it would be. */
const NO_LINK: Omit<StripeLink, 'anchorSeconds'> = {
  customer: '',
  subscription: '',
  testClock: null,
  baseItem: null,
  items: {},
  meters: {},
  eventNames: {},
};

const DAY_SECONDS = 86_400;

function draftOf(
  state: CustomerState,
  { index }: Segment,
  reason: InvoiceReason,
): InvoiceDraft[] {
  const decided = decideItems(state, index);
  const segment = decided.segments.find((candidate) => candidate.index === index);
  if (!segment) return [];
  const { lines } = predictedLines(decided, segment, reason);
  if (lines.length === 0) return [];
  return [
    {
      customer: state.key.customer,
      plan: segment.plan,
      currency: snapshotOf(decided, segment.plan).currency,
      reason,
      status: 'draft',
      period: periodText(segment.startMs, segment.endMs),
      lines,
      subtotalMinor: sumMinor(lines),
    },
  ];
}

/** The subscription that a plan would be billed under from `atMs` on. */
function linkAt(state: CustomerState, plan: PlanSnapshot, atMs: number): StripeLink {
  const anchorSeconds = Math.floor(atMs / 1000);
  const days = trialDaysOf(state, plan);
  return {
    ...NO_LINK,
    anchorSeconds,
    trialEndSeconds: days === null ? undefined : anchorSeconds + days * DAY_SECONDS,
  };
}

/** Drafts of the period that ends there and of the one that begins. */
function draftsBetween(before: CustomerState, after: CustomerState, atMs: number): InvoiceDraft[] {
  const minuteMs = floorMinute(atMs);
  // One that began in this minute and is of no time gives back its base.
  const isOver = ({ startMs, endMs }: Segment) => startMs < minuteMs || endMs === minuteMs;
  const ended = after.segments.findLast(isOver);
  // Without a subscription nothing is under way: what it ended with has its invoice already.
  const hasBill = before.stripe && ended?.stripe && !ended.trial;
  const ends = hasBill ? draftOf(after, ended, reasonOf(ended)) : [];
  const begun = openSegment(after);
  // Where a subscription goes on, the invoice of the period before charges the base.
  return [...ends, ...(begun.basePlan ? [] : draftOf(after, begun, 'start'))];
}

function changedNow(state: CustomerState, plan: PlanSnapshot, nowMs: number): CustomerState {
  if (isPriced(plan)) {
    const link = linkAt(state, plan, nowMs);
    return begin(state, plan, link.anchorSeconds * 1000, link);
  }
  if (!state.stripe) return begin(state, plan, floorMinute(nowMs), null);
  const leaving = { request: 0, next: plan, atMs: nowMs };
  const endedSeconds = Math.floor(nowMs / 1000);
  const ended = { type: 'ended', request: 0, endedSeconds, byCycle: false } as const;
  return applyEnded({ ...state, leaving }, ended);
}

function changedAtEnd(state: CustomerState, plan: PlanSnapshot, atMs: number): CustomerState {
  const scheduled = { ...state, scheduled: { request: 0, plan, atMs } };
  const turned = applyTurned(scheduled, 0, { type: 'turned', request: 0, plan, atMs });
  if (!turned.pending) return turned;
  const link = linkAt(state, plan, atMs);
  return begin(turned, plan, link.anchorSeconds * 1000, link);
}

/** The preview of a change to `plan`, now or at the end of the period of `nowMs`. */
export function planPreview(
  state: CustomerState,
  plan: PlanSnapshot,
  when: 'now' | 'periodEnd',
  nowMs: number,
): PlanPreview {
  if (when === 'now' || state.segments.length === 0) {
    const effectiveAt = instantText(nowMs);
    if (isOn(state, plan)) return { effectiveAt, invoices: [] };
    const after = changedNow(state, plan, nowMs);
    return { effectiveAt, invoices: draftsBetween(state, after, nowMs) };
  }
  const extended = extendTo(state, nowMs);
  const { endMs: atMs } = segmentAt(extended, nowMs);
  const after = changedAtEnd(extended, plan, atMs);
  return { effectiveAt: instantText(atMs), invoices: draftsBetween(state, after, atMs) };
}
