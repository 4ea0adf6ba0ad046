import { fenceDueMs } from '../holds/fences.js';
import type { CustomerState } from '../state.js';
import { isHeldBack } from './subscription/pausing.js';
import { isTerminal } from './periods/segments.js';
import { nextStep } from './close/steps.js';

/**
 * A test customer's clock is real time plus an offset; it only ever goes forward. Towards a goal
 * it jumps from due time to due time, so that everything happens in order (DESIGN §5).
 */

/** The customer's now, ms. */
export function customerNow(state: CustomerState, realNowMs: number): number {
  return realNowMs + state.clock.offsetMs;
}

/** True when a goal's segment is billed, in review, held back, known to be none, or gone. */
function isSegmentDone(state: CustomerState, index: number | null): boolean {
  if (index === null) return true;
  const segment = state.segments.find((candidate) => candidate.index === index);
  return segment === undefined || isTerminal(segment) || isHeldBack(state, segment);
}

/**
 * One move towards the goal, when no step is due now: a jump to the next due time or to the goal,
 * or the end of it. Without a goal nothing changes.
 */
export function moveClock(state: CustomerState, realNowMs: number): CustomerState {
  const { goal } = state.clock;
  if (!goal || state.halted !== null) return state;
  const nowMs = customerNow(state, realNowMs);
  const { step, waitUntilMs } = nextStep(state, nowMs);
  const fenceMs = fenceDueMs(state);
  // Holds that have ended by now end in the log before time goes on.
  if (step || (fenceMs !== null && fenceMs <= nowMs)) return state;
  if (nowMs >= goal.toMs && isSegmentDone(state, goal.segment)) {
    return { ...state, clock: { ...state.clock, goal: null, reached: goal.request } };
  }
  const target = Math.min(
    waitUntilMs ?? Infinity,
    fenceMs ?? Infinity,
    nowMs < goal.toMs ? goal.toMs : Infinity,
  );
  if (target === Infinity || target <= nowMs) return state;
  const offsetMs = state.clock.offsetMs + (target - nowMs);
  return { ...state, clock: { ...state.clock, offsetMs } };
}
