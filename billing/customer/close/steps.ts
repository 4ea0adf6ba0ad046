import type { DueAlert } from '../../alerts/alert.js';
import { trialNoticeMs } from '../../alerts/factAlerts.js';
import { dueAlerts } from '../../alerts/due.js';
import { MINUTE_MS } from '../../period.js';
import type { CustomerState, Segment } from '../../state.js';
import { rowFingerprint } from '../reads/row.js';
import { dueRecounts } from '../reporting/recounting.js';
import type { BillStep, Due } from './billSteps.js';
import { closeDues, draftsInTheWay } from './closeDues.js';
import { attendDues, lateInvoiceDues } from './billSteps.js';
import { noteDues } from './notes.js';
import type { DueReport } from '../reporting/reporting.js';
import { isTerminal } from '../periods/segments.js';
import { planAfterGrace } from '../periods/grace.js';
import { wantedStarts } from '../plans/joining.js';
import { overrunEndMs } from '../plans/overrun.js';
import { checkoutEndMs } from '../subscription/paging.js';
import {
  awaitsCancelSync,
  awaitsSwap,
  beginsAtStripeSeconds,
  endsWithPeriod,
  mayEndThere,
  scheduledEndSeconds,
} from '../plans/turns.js';

/**
 * What the money lane does next, decided from the state and the clock alone. Level-triggered:
 * whatever was missed, the same comparison finds it again.
 */

const HOUR_MS = 60 * MINUTE_MS;

/** How far Stripe's test clock may lag behind the customer's, seconds. */
const TEST_CLOCK_LAG_SECONDS = 60;

/** One thing to do now. */
export type Step =
  | { readonly kind: 'saveCustomer' }
  | { readonly kind: 'alert'; readonly alerts: readonly DueAlert[] }
  | { readonly kind: 'subscribe' }
  | { readonly kind: 'unsubscribe' }
  | { readonly kind: 'turn' }
  | { readonly kind: 'syncCancellation'; readonly ends: boolean }
  | { readonly kind: 'swapItems' }
  | { readonly kind: 'lookAtSubscription' }
  | { readonly kind: 'openPage' }
  | { readonly kind: 'lookAtCheckout' }
  | { readonly kind: 'dropPlan'; readonly plan: string; readonly atMs: number }
  | { readonly kind: 'advanceTestClock'; readonly toSeconds: number }
  | { readonly kind: 'startInvoice'; readonly segment: number }
  | { readonly kind: 'report'; readonly report: DueReport }
  | { readonly kind: 'lookForDraft'; readonly segment: number }
  | { readonly kind: 'freeze'; readonly segment: number }
  | { readonly kind: 'readSummaries'; readonly segment: number }
  | { readonly kind: 'giveNote'; readonly note: string }
  | BillStep;

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
  const changing = changeOf(state, nowMs);
  if (changing) return { step: changing, waitUntilMs: null };
  const alerts = dueAlerts(state, nowMs);
  const raise: Step | null = alerts.length === 0 ? null : { kind: 'alert', alerts };
  // Alerts that could not be stored let one other step go first: money does not wait for them.
  if (raise && state.retry?.step !== 'alert') return { step: raise, waitUntilMs: null };
  const dues = allDues(state);
  const first = dues.find((due) => due.atMs <= nowMs);
  if (raise && !first) return { step: raise, waitUntilMs: null };
  if (first) return { step: withClock(state, first.step, nowMs, first.atMs), waitUntilMs: null };
  const times = [...dues.map((due) => due.atMs), ...turnTimes(state, nowMs)];
  return { step: null, waitUntilMs: times.length === 0 ? null : Math.min(...times) };
}

/** A change of plan goes before all else: what is reported and billed depends on it. */
function changeOf(state: CustomerState, nowMs: number): Step | null {
  if (nowMs >= (overrunEndMs(state) ?? Infinity)) return { kind: 'unsubscribe' };
  if (state.pending) return { kind: 'subscribe' };
  if (state.leaving) return { kind: 'unsubscribe' };
  if (state.scheduled && nowMs >= state.scheduled.atMs) return turnOf(state, nowMs);
  if (state.wantedPage) return { kind: 'openPage' };
  if (isCheckoutDue(state, nowMs)) return { kind: 'lookAtCheckout' };
  if (state.lookAtStripe && state.stripe) return { kind: 'lookAtSubscription' };
  const next = planAfterGrace(state);
  if (next && nowMs >= next.atMs) return { kind: 'dropPlan', ...next };
  if (!awaitsCancelSync(state)) return null;
  const sync = { kind: 'syncCancellation', ends: endsWithPeriod(state) } as const;
  // Runs that began before there was this rule go on as they did.
  const begun = state.billsUndrafted ? beginsAtStripeSeconds(state, nowMs) : null;
  return withClock(state, sync, nowMs, Math.min(nowMs, (begun ?? 0) * 1000));
}

/** What Stripe may have ended it is asked about first. */
function turnOf(state: CustomerState, nowMs: number): Step {
  if (!mayEndThere(state)) return { kind: 'turn' };
  const endMs = (scheduledEndSeconds(state) ?? 0) * 1000;
  return withClock(state, { kind: 'syncCancellation', ends: false }, nowMs, Math.min(nowMs, endMs));
}

/** A checkout is looked at when something changed at Stripe, and at its end. */
function isCheckoutDue(state: CustomerState, nowMs: number): boolean {
  const endMs = checkoutEndMs(state);
  if (endMs === null) return false;
  return state.lookAtStripe === true || nowMs - state.clock.offsetMs >= endMs;
}

/** While the clock runs towards a goal, its offset is not saved at every jump. */
function mustSave(state: CustomerState): boolean {
  if (state.clock.goal !== null && state.savedRow !== '') return false;
  return rowFingerprint(state) !== state.savedRow;
}

/**
 * Before anything is asked of Stripe, its test clock is brought near the customer's; before a
 * draft is looked for, at least to the time it is due; before a period is said to be the last, to
 * its beginning. Not to the very now: that has passed when the clock is there, and where many are
 * moved at once it would be moved again and again.
 */
function withClock(state: CustomerState, step: Step, nowMs: number, dueMs: number): Step {
  const { testClock } = state.stripe ?? state.formerStripe ?? {};
  if (!testClock || step.kind === 'freeze') return step;
  const nowSeconds = Math.floor(nowMs / 1000);
  const { testClockSeconds } = state;
  const isEnd = step.kind === 'syncCancellation';
  const thereMs = state.sparing || isEnd ? dueMs : nowMs;
  const isDated = isEnd || step.kind === 'lookForDraft';
  const isThere = !isDated || testClockSeconds >= Math.floor(thereMs / 1000);
  const lag = nowSeconds - testClockSeconds;
  const isNear = isThere && lag < TEST_CLOCK_LAG_SECONDS;
  return isNear ? step : { kind: 'advanceTestClock', toSeconds: nowSeconds };
}

/** Ends of open periods, of a grace, of a checkout: time itself changes the state then. */
function turnTimes(state: CustomerState, nowMs: number): number[] {
  const open = state.segments.filter((segment) => segment.stage === 'open');
  const grace = planAfterGrace(state);
  const checkout = checkoutEndMs(state);
  const notice = trialNoticeMs(state);
  const overrun = overrunEndMs(state);
  return [
    ...open.map(({ endMs }) => endMs),
    ...(grace ? [grace.atMs] : []),
    ...(checkout === null ? [] : [checkout + state.clock.offsetMs]),
    ...(notice !== null && notice > nowMs ? [notice] : []),
    ...(overrun === null ? [] : [overrun]),
  ];
}

function allDues(state: CustomerState): Due[] {
  const dues = wantedStarts(state).map((segment): Due => {
    return { step: { kind: 'startInvoice', segment }, atMs: 0 };
  });
  if (mayBeSwapped(state)) dues.push({ step: { kind: 'swapItems' }, atMs: 0 });
  dues.push(...draftsInTheWay(state));
  for (const report of dueRecounts(state)) {
    dues.push({ step: { kind: 'report', report }, atMs: report.atMs });
  }
  dues.push(...attendDues(state), ...noteDues(state));
  for (const segment of state.segments) {
    if (isTerminal(segment) || (!segment.stripe && segment.stage !== 'freeze')) continue;
    dues.push(...closeDues(state, segment));
  }
  return [...dues, ...lateInvoiceDues(state)];
}

/** Once the invoice of the period that ended is final, nothing needs its items any more. */
function mayBeSwapped(state: CustomerState): boolean {
  const before = state.segments.slice(0, -1);
  return awaitsSwap(state) && before.every(({ final, stage }) => final || stage === 'empty');
}

/** When to look for a missing draft again: every 5 minutes for two hours, then hourly. */
export function nextLookMs(segment: Segment, nowMs: number): number {
  const early = nowMs < segment.endMs + 2 * HOUR_MS;
  return nowMs + (early ? 5 * MINUTE_MS : HOUR_MS);
}
