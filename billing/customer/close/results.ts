import { includedApart } from '../../rating/reportable.js';
import type { CustomerState, ReportTotals, Segment, SegmentStage } from '../../state.js';
import type { StepResult } from '../change.js';
import { stageAfterFence } from '../periods/freezing.js';
import { recounted } from '../reporting/recounting.js';
import { pricedMeters, reportsOf } from '../reporting/reporting.js';
import { changeSegment } from '../periods/segments.js';
import { lookFor } from '../plans/overrun.js';
import { withoutDraft } from './undrafted.js';
import { nextLookMs } from './steps.js';
import type { StripeInvoiceView } from '../invoice/view.js';

/** What the state learns from a step's result. Each function is total and keeps all else. */

/** How long the flush waits for Stripe's summaries, real time, ms. */
const SUMMARIES_WAIT_MS = 120_000;

function segmentOf(state: CustomerState, index: number): Segment | undefined {
  return state.segments.find((segment) => segment.index === index);
}

/** The customer row was saved with this fingerprint. */
export function rowSaved(state: CustomerState, fingerprint: string): CustomerState {
  return { ...state, savedRow: fingerprint };
}

/** The test clock stands here now. */
export function testClockMoved(state: CustomerState, nowSeconds: number): CustomerState {
  return { ...state, testClockSeconds: nowSeconds };
}

/** A `start` invoice was read and stored. */
export function startInvoiced(state: CustomerState, segment?: number): CustomerState {
  const { startInvoice, earlierStarts = [] } = state;
  if (segment !== undefined && earlierStarts.includes(segment)) {
    return { ...state, earlierStarts: earlierStarts.filter((index) => index !== segment) };
  }
  return startInvoice ? { ...state, startInvoice: { ...startInvoice, stage: 'done' } } : state;
}

/** Stripe was told: the sums of all intents of one meter. */
export function reported(
  state: CustomerState,
  index: number,
  meter: string,
  totals: ReportTotals,
  recount = 0,
): CustomerState {
  const segment = segmentOf(state, index);
  if (!segment) return state;
  const reports = { ...segment.reports, [meter]: totals };
  return changeSegment(state, index, { reports, ...recounted(segment, meter, recount) });
}

/**
 * A look for the segment's invoice. While `hold`, the close goes on either way; later a missing
 * draft is looked for again, until the period is `empty` or has an invoice of our own.
 */
export function looked(
  state: CustomerState,
  index: number,
  view: StripeInvoiceView | null,
  nowMs: number,
): CustomerState {
  const segment = segmentOf(state, index);
  if (!segment) return state;
  if (view) return found(state, segment, view);
  if (segment.stage === 'hold') return changeSegment(state, index, { stage: held(segment) });
  const change = withoutDraft(state, segment, nowMs);
  return changeSegment(state, index, change ?? { lookAgainAtMs: nextLookMs(segment, nowMs) });
}

/** What follows a hold: a log that is read anew may hold the fence already. */
function held(segment: Segment): SegmentStage {
  return segment.frozen ? stageAfterFence(segment) : 'freeze';
}

function found(
  state: CustomerState,
  segment: Segment,
  view: StripeInvoiceView,
): CustomerState {
  const final = view.status !== 'draft';
  const stage = segment.stage === 'hold' ? held(segment) : segment.stage;
  const known = { stage, stripeInvoice: view.id, final: segment.final || final };
  const change = { ...known, ...lookFor({ ...segment, ...known }) };
  if (!final) return changeSegment(state, segment.index, change);
  return changeSegment(state, segment.index, { ...change, billed: unitsOn(state, segment, view) });
}

/** Units that an invoice finalised without us covers: what it rated, and what was included. */
function unitsOn(
  state: CustomerState,
  segment: Segment,
  view: StripeInvoiceView,
): Record<string, number> {
  const billed: Record<string, number> = {};
  for (const [meter, price] of pricedMeters(state, segment)) {
    const rated = view.lines
      .filter((line) => line.name === meter && line.kind === 'meter' && line.unitAmountMinor)
      .reduce((sum, line) => sum + Number(line.quantity), 0);
    billed[meter] = rated > 0 ? rated + includedApart(meter, price) : rated;
  }
  return billed;
}

/** Stripe's summaries were read: equal to what it accepted, or waited for long enough. */
export function summariesRead(
  state: CustomerState,
  index: number,
  equal: boolean,
  realNowMs: number,
): CustomerState {
  const segment = segmentOf(state, index);
  if (!segment || segment.stage !== 'flush') return state;
  const sinceMs = segment.flushSinceMs === 0 ? realNowMs : segment.flushSinceMs;
  if (equal || segment.final || realNowMs - sinceMs >= SUMMARIES_WAIT_MS) {
    return changeSegment(state, index, { stage: 'complete', flushSinceMs: 0 });
  }
  return changeSegment(state, index, { flushSinceMs: sinceMs });
}

/** Meters whose summaries the flush compares, with the sum Stripe has accepted. */
export function awaitedSummaries(
  segment: Segment,
): readonly { readonly meter: string; readonly expected: number }[] {
  return Object.keys(segment.reports)
    .map((meter) => ({ meter, expected: reportsOf(segment, meter).accepted }))
    .filter(({ expected }) => expected > 0);
}

/** A step failed: nothing else of the money lane runs before `atMs` (real time). */
export function stepFailed(
  state: CustomerState,
  failure: Extract<StepResult, { type: 'stepFailed' }>,
): CustomerState {
  const { step, reason, realNowMs, retryAfterMs } = failure;
  const attempts = state.retry?.step === step ? state.retry.attempts + 1 : 1;
  const backOffMs = Math.min(60_000, 500 * 2 ** Math.min(attempts, 7));
  const atMs = realNowMs + Math.max(retryAfterMs ?? 0, backOffMs);
  return { ...state, retry: { step, attempts, atMs, reason } };
}

/** A step went well: the lane is free again. Alerts pass by a step that waits to be tried anew. */
export function stepDone(state: CustomerState, step?: string): CustomerState {
  const isOther = step === 'alert' && state.retry?.step !== 'alert';
  return state.retry === null || isOther ? state : { ...state, retry: null };
}
