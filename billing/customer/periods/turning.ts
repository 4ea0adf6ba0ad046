import { forgetUncovered } from '../../credits/burns.js';
import { DAY_MS } from '../../period.js';
import { pruneCounters } from '../../limits/counting.js';
import { paysInCredits } from '../../planMeters.js';
import type { CustomerState, Segment } from '../../state.js';
import { isStillOwed } from '../close/billSteps.js';
import { remembered } from './freezing.js';
import { keepGrace } from './grace.js';
import { startInvoiceOf } from '../plans/joining.js';
import {
  changeSegment,
  chargedByOthers,
  extendTo,
  isTerminal,
  planKey,
  snapshotOf,
} from './segments.js';

/** Time passes: periods end, the next one opens, what nobody can ask for any more goes. */

/** Events may be 35 days old; a segment is kept a day longer to take them in as late usage. */
const KEPT_MS = 36 * DAY_MS;

/** A debt is remembered for over a year: it holds the invoices after it. */
const UNPAID_KEPT_MS = 400 * DAY_MS;

/**
 * The state at `nowMs` (customer's time): periods that have ended leave `open`, to be billed or,
 * without Stripe, to be done; segments too old for late usage go, and so do windows that are
 * over. The same object when nothing changes.
 */
export function turn(state: CustomerState, nowMs: number): CustomerState {
  if (state.segments.length === 0) return state;
  const turned = keepGrace(endPeriods(extendTo(state, nowMs), nowMs), nowMs);
  const counters = pruneCounters(turned.counters, nowMs);
  const pruned = counters === turned.counters ? turned : { ...turned, counters };
  return withoutOldSegments(pruned, nowMs);
}

function endPeriods(state: CustomerState, nowMs: number): CustomerState {
  let ended = state;
  for (const segment of state.segments) {
    if (segment.stage === 'open' && nowMs >= segment.endMs) ended = endPeriod(ended, segment);
  }
  return ended;
}

/**
 * Without Stripe nothing is billed and no fence is needed: the period is done at its end. Credits
 * are a function of the log alone, so time does not touch them: a period that grants some waits
 * for its fence.
 */
function endPeriod(state: CustomerState, segment: Segment): CustomerState {
  const stage = stageAfter(state, segment);
  const change: Partial<Segment> = stage === 'empty' ? { stage, frozen: true } : { stage };
  const ended = changeSegment(state, segment.index, change);
  if (segment.trial) return trialEnded(ended, segment);
  return stage === 'empty' ? remembered(ended, segment) : ended;
}

/** A trial is over: the base of what follows is charged, where the customer stays. */
function trialEnded(state: CustomerState, { index, plan }: Segment): CustomerState {
  if (state.status !== 'trialing') return state;
  const others = chargedByOthers(state, plan);
  const startInvoice = others ? null : startInvoiceOf(snapshotOf(state, plan), index + 1);
  return { ...state, status: 'active', startInvoice };
}

function stageAfter(state: CustomerState, segment: Segment): 'hold' | 'freeze' | 'empty' {
  if (segment.stripe && !segment.trial) return 'hold';
  return paysInCredits(snapshotOf(state, segment.plan).plan) ? 'freeze' : 'empty';
}

function isUnpaid({ unpaid, lateInvoice }: Segment): boolean {
  return (unpaid ?? lateInvoice?.unpaid) !== undefined;
}

function withoutOldSegments(state: CustomerState, nowMs: number): CustomerState {
  // Only from the front: segments tile time, also where an older one is still to be billed.
  const first = state.segments.findIndex(
    (segment) =>
      !isTerminal(segment) ||
      segment.endMs > nowMs - (isUnpaid(segment) ? UNPAID_KEPT_MS : KEPT_MS) ||
      isStillOwed(state, segment),
  );
  // Where none must stay (-1), the newest does.
  const kept = state.segments.slice(first);
  if (kept.length === state.segments.length) return state;
  const credits = forgetUncovered(state.credits, kept[0]?.index ?? 0);
  return withoutUnusedSnapshots({ ...state, credits, segments: kept });
}

function withoutUnusedSnapshots(state: CustomerState): CustomerState {
  const plans = state.segments.flatMap((segment) => {
    return [segment.plan, segment.basePlan, segment.netAgainst];
  });
  const used = new Set([...plans, state.plan].map((plan) => plan && planKey(plan)));
  const entries = Object.entries(state.snapshots).filter(([key]) => used.has(key));
  return { ...state, snapshots: Object.fromEntries(entries) };
}
