import type { DueAlert } from '../alerts/alert.js';
import { dueAlerts } from '../alerts/due.js';
import { DAY_MS, MINUTE_MS } from '../period.js';
import type { CustomerState, Segment } from '../state.js';
import { rowFingerprint } from './row.js';
import { dueReports, reportsOf, type DueReport } from './reporting.js';
import { isTerminal } from './segments.js';

/**
 * What the money lane does next, decided from the state and the clock alone. Level-triggered:
 * whatever was missed, the same comparison finds it again.
 */

const HOUR_MS = 60 * MINUTE_MS;

/** The fence that freezes a segment stands this long after its end (DESIGN §6, Close 2). */
export const FREEZE_AFTER_MS = 15 * MINUTE_MS;

/** A period with nothing to bill and no draft by then makes no invoice (CONTRACT §4.6). */
export const NO_DRAFT_AFTER_MS = DAY_MS;

/** How far Stripe's test clock may lag behind the customer's, seconds. */
const TEST_CLOCK_LAG_SECONDS = 60;

/** One thing to do now. */
export type Step =
  | { readonly kind: 'saveCustomer' }
  | { readonly kind: 'alert'; readonly alerts: readonly DueAlert[] }
  | { readonly kind: 'subscribe' }
  | { readonly kind: 'advanceTestClock'; readonly toSeconds: number }
  | { readonly kind: 'startInvoice'; readonly segment: number }
  | { readonly kind: 'report'; readonly report: DueReport }
  | { readonly kind: 'lookForDraft'; readonly segment: number }
  | { readonly kind: 'freeze'; readonly segment: number }
  | { readonly kind: 'readSummaries'; readonly segment: number }
  | { readonly kind: 'complete'; readonly segment: number }
  | { readonly kind: 'finalise'; readonly segment: number }
  | { readonly kind: 'collect'; readonly segment: number };

/** A step and the customer's time it is due at, ms. */
interface Due {
  readonly step: Step;
  readonly atMs: number;
}

/** What the lane should do: a step now, or nothing until a time (customer's; null: for ever). */
export type NextStep =
  | { readonly step: Step; readonly waitUntilMs: null }
  | { readonly step: null; readonly waitUntilMs: number | null };

/** The next step of the money lane at the customer's time `nowMs`. */
export function nextStep(state: CustomerState, nowMs: number): NextStep {
  if (state.halted !== null) return { step: null, waitUntilMs: null };
  if (mustSave(state)) {
    return { step: { kind: 'saveCustomer' }, waitUntilMs: null };
  }
  if (state.pending) return { step: { kind: 'subscribe' }, waitUntilMs: null };
  const alerts = dueAlerts(state, nowMs);
  const raise: Step | null = alerts.length === 0 ? null : { kind: 'alert', alerts };
  // Alerts that could not be stored let one other step go first: money does not wait for them.
  if (raise && state.retry?.step !== 'alert') return { step: raise, waitUntilMs: null };
  const dues = allDues(state);
  const first = dues.find((due) => due.atMs <= nowMs);
  if (raise && !first) return { step: raise, waitUntilMs: null };
  if (first) return { step: withClock(state, first.step, nowMs), waitUntilMs: null };
  const times = [...dues.map((due) => due.atMs), ...turnTimes(state)];
  return { step: null, waitUntilMs: times.length === 0 ? null : Math.min(...times) };
}

/** While the clock runs towards a goal, its offset is not saved at every jump. */
function mustSave(state: CustomerState): boolean {
  if (state.clock.goal !== null && state.savedRow !== '') return false;
  return rowFingerprint(state) !== state.savedRow;
}

/** Before anything is asked of Stripe, its test clock is brought near the customer's. */
function withClock(state: CustomerState, step: Step, nowMs: number): Step {
  if (!state.stripe?.testClock || step.kind === 'freeze') return step;
  const nowSeconds = Math.floor(nowMs / 1000);
  const lag = nowSeconds - state.testClockSeconds;
  const allowed = step.kind === 'lookForDraft' ? 1 : TEST_CLOCK_LAG_SECONDS;
  return lag < allowed ? step : { kind: 'advanceTestClock', toSeconds: nowSeconds };
}

/** The end of the open period: time itself changes the state then. */
function turnTimes(state: CustomerState): number[] {
  return state.segments.filter((segment) => segment.stage === 'open').map(({ endMs }) => endMs);
}

function allDues(state: CustomerState): Due[] {
  const dues: Due[] = [];
  if (state.startInvoice?.stage === 'wanted') {
    const { segment } = state.startInvoice;
    dues.push({ step: { kind: 'startInvoice', segment }, atMs: 0 });
  }
  for (const segment of state.segments) {
    if (isTerminal(segment) || (!segment.stripe && segment.stage !== 'freeze')) continue;
    dues.push(...closeDues(state, segment));
  }
  return dues;
}

function reportDues(state: CustomerState, segment: Segment): Due[] {
  return dueReports(state, segment).map((report) => ({
    step: { kind: 'report', report },
    atMs: report.atMs,
  }));
}

/** Where one segment stands on its way, and what is due there. */
function closeDues(state: CustomerState, segment: Segment): Due[] {
  const { index } = segment;
  const endMs = (segment.stripe?.endSeconds ?? 0) * 1000;
  switch (segment.stage) {
    case 'open':
      return reportDues(state, segment);
    case 'hold':
      return [{ step: { kind: 'lookForDraft', segment: index }, atMs: endMs }];
    case 'freeze':
      return freezeDues(state, segment);
    case 'flush':
      return flushDues(state, segment);
    case 'complete':
      if (segment.stripeInvoice === null) {
        return [{ step: { kind: 'lookForDraft', segment: index }, atMs: segment.lookAgainAtMs }];
      }
      return [{ step: { kind: 'complete', segment: index }, atMs: 0 }];
    case 'finalise':
      return [{ step: { kind: 'finalise', segment: index }, atMs: 0 }];
    case 'collect':
      return [{ step: { kind: 'collect', segment: index }, atMs: 0 }];
    default:
      return [];
  }
}

function freezeDues(state: CustomerState, segment: Segment): Due[] {
  const freeze: Due = {
    step: { kind: 'freeze', segment: segment.index },
    atMs: segment.endMs + FREEZE_AFTER_MS,
  };
  return [freeze, ...reportDues(state, segment)];
}

function flushDues(state: CustomerState, segment: Segment): Due[] {
  const reports = reportDues(state, segment);
  if (reports.length > 0) return reports;
  return [{ step: { kind: 'readSummaries', segment: segment.index }, atMs: 0 }];
}

/** True when a dead letter or an unanswered report keeps a segment from being complete. */
export function isUnreported(segment: Segment): boolean {
  return Object.keys(segment.reports).some((meter) => {
    const reports = reportsOf(segment, meter);
    return reports.deadLetter > 0 || reports.inDoubt > 0;
  });
}

/** When to look for a missing draft again: every 5 minutes for two hours, then hourly. */
export function nextLookMs(segment: Segment, nowMs: number): number {
  const early = nowMs < segment.endMs + 2 * HOUR_MS;
  return nowMs + (early ? 5 * MINUTE_MS : HOUR_MS);
}
