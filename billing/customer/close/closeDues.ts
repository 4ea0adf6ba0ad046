import { cellEntries } from '../../cells.js';
import { DAY_MS, MINUTE_MS } from '../../period.js';
import type { CustomerState, Segment } from '../../state.js';
import { billDues, type Due } from './billSteps.js';
import { isHeldBack } from '../subscription/pausing.js';
import { isMadeByUs } from '../invoice/bills.js';
import { dueReports } from '../reporting/reporting.js';
import { awaitsSwap } from '../plans/turns.js';

/** What is due on a segment's way from its end to its invoice (DESIGN §6, Close). */

/** The fence that freezes a segment stands this long after its end (DESIGN §6, Close 2) … */
export const FREEZE_AFTER_MS = 15 * MINUTE_MS;

/** … and at the latest this long, while holds dated in it are open. */
export const FREEZE_LATEST_MS = 65 * MINUTE_MS;

/** A flush whose reports fail is given up then: its invoice waits for an operator … */
export const FLUSH_LATEST_MS = 2 * DAY_MS;

/** … after that many attempts at least: who was away for days has not tried yet. */
const GIVEN_UP_AFTER = 10;

/** Where one segment stands on its way, and what is due there. */
export function closeDues(state: CustomerState, segment: Segment): Due[] {
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
      if (segment.stripeInvoice !== null) return billDues(segment);
      if (isMadeByUs(segment)) {
        return [{ step: { kind: 'makeInvoice', segment: index }, atMs: 0 }];
      }
      return [{ step: { kind: 'lookForDraft', segment: index }, atMs: segment.lookAgainAtMs }];
    default:
      return isHeldBack(state, segment) ? [] : billDues(segment);
  }
}

/**
 * Drafts that are held, and need the items that are to go once the plan has changed: they are
 * finalised first, and held on, uncollected.
 */
export function draftsInTheWay(state: CustomerState): Due[] {
  if (!awaitsSwap(state)) return [];
  return state.segments
    .filter(({ stage, final, stripeInvoice }) => stage === 'inReview' && !final && stripeInvoice)
    .map(({ index }) => ({ step: { kind: 'finalise', segment: index }, atMs: 0 }));
}

function reportDues(state: CustomerState, segment: Segment): Due[] {
  return dueReports(state, segment).map((report) => ({
    step: { kind: 'report', report },
    atMs: report.atMs,
  }));
}

function freezeDues(state: CustomerState, segment: Segment): Due[] {
  const atMs = freezeAtMs(state, segment);
  const freeze: Due = { step: { kind: 'freeze', segment: segment.index }, atMs };
  return [freeze, ...reportDues(state, segment)];
}

/** A segment that a change or a cancellation has cut short has its fence at once. */
function freezeAtMs(state: CustomerState, segment: Segment): number {
  if (segment.close === 'final') return segment.endMs;
  const waits = hasOpenHolds(state, segment);
  return segment.endMs + (waits ? FREEZE_LATEST_MS : FREEZE_AFTER_MS);
}

/** What is settled of a hold is dated by its grant: until it has ended, more may come. */
function hasOpenHolds({ holds }: CustomerState, { startMs, endMs }: Segment): boolean {
  return cellEntries(holds.open).some(
    ([, { grantedAtMs }]) => grantedAtMs >= startMs && grantedAtMs < endMs,
  );
}

function flushDues(state: CustomerState, segment: Segment): Due[] {
  const step = { kind: 'readSummaries', segment: segment.index } as const;
  const reports = reportDues(state, segment);
  if (reports.length === 0) return [{ step, atMs: 0 }];
  const { retry } = state;
  const stuck = retry?.step === 'report' && retry.attempts >= GIVEN_UP_AFTER;
  return stuck ? [{ step, atMs: segment.endMs + FLUSH_LATEST_MS }, ...reports] : reports;
}
