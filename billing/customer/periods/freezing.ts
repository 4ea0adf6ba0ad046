import { coveredIn } from '../../credits/burns.js';
import { closePeriod } from '../../credits/periods.js';
import { closePace } from '../../forecast/keepPace.js';
import { billableQuantity } from '../../meters.js';
import { CREDITS_METER } from '../../quantity.js';
import type { CustomerState, Segment } from '../../state.js';
import { accruedMinor, sumMinor, usageLines } from '../invoice/prediction.js';
import { billedUnits, pricedMeters } from '../reporting/reporting.js';
import { changeSegment, extendTo, snapshotOf } from './segments.js';

/** What stands before the fence `closed` is the segment's invoice, for ever. */

/** Freezes a segment: its credits are settled, its usage is remembered for forecasts. */
export function closeSegment(state: CustomerState, index: number): CustomerState {
  const segment = state.segments.find((candidate) => candidate.index === index);
  if (!segment || segment.frozen) return state;
  const begins = segment.stage === 'open' || segment.stage === 'freeze';
  const stage = begins ? stageAfterFence(segment) : segment.stage;
  return settled(changeSegment(state, index, { frozen: true, stage }), segment);
}

/** Stripe is told the rest of what it bills; of what we bill ourselves it is told nothing more. */
export function stageAfterFence({ stripe, trial, close }: Segment): 'empty' | 'complete' | 'flush' {
  if (!stripe || trial) return 'empty';
  return close === 'final' ? 'complete' : 'flush';
}

/** The books of a period that takes no more usage: what forecasts keep, and its credits. */
export function settled(state: CustomerState, closed: Segment): CustomerState {
  return creditsSettled(remembered(state, closed), closed);
}

/** Ends the credits of a period, where the log says so; a repeat changes nothing. */
export function creditsSettled(state: CustomerState, closed: Segment): CustomerState {
  const { index } = closed;
  const coveredMicroCredits = coveredIn(state.credits, index, creditsUsed(state, closed));
  const extended = extendTo(changeSegment(state, index, { coveredMicroCredits }), closed.endMs);
  const next = extended.segments.find((candidate) => candidate.index === index + 1);
  if (!next) return extended;
  const snapshot = snapshotOf(extended, closed.plan);
  return { ...extended, credits: closePeriod(extended.credits, snapshot, closed, next) };
}

/** What forecasts keep of a period that is over. */
export function remembered(state: CustomerState, closed: Segment): CustomerState {
  const pace = paceAfter(state, closed);
  if (!closed.stripe) return { ...state, pace };
  const earlierUsageMinor = state.pace.closedUsageMinor;
  return { ...changeSegment(state, closed.index, { earlierUsageMinor }), pace };
}

function paceAfter(state: CustomerState, closed: Segment): CustomerState['pace'] {
  // What a trial used was free: it is no measure of what is usual.
  const hasUsage = pricedMeters(state, closed).some(
    ([meter]) => !closed.trial && billedUnits(state, closed, meter) > 0,
  );
  const usageMinor = hasUsage ? sumMinor(usageLines(state, closed)) : null;
  return closePace(state.pace, usageMinor, accruedMinor(state, closed));
}

/** Micro-credits that a segment's usage came to. */
function creditsUsed(state: CustomerState, segment: Segment): number {
  const meter = snapshotOf(state, segment.plan).meters[CREDITS_METER];
  return meter ? billableQuantity(meter, segment.totals[CREDITS_METER]) : 0;
}
