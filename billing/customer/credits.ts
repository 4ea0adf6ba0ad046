import { billableQuantity } from '../meters.js';
import { creditsOf, CREDITS_METER, microCreditsOf } from '../quantity.js';
import type { CustomerState } from '../state.js';
import { changeSegment, extendTo, snapshotOf } from './segments.js';

/**
 * When a segment is closed, what is left of its grant becomes, up to `rolloverMax`, part of the
 * next one's. A function of log order alone: it happens at the fence.
 */
export function rollOver(state: CustomerState, index: number): CustomerState {
  const closed = state.segments.find((segment) => segment.index === index);
  if (!closed) return state;
  const extended = extendTo(state, closed.endMs);
  const next = extended.segments.find((segment) => segment.index === index + 1);
  if (!next) return state;
  const snapshot = snapshotOf(state, closed.plan);
  const rolloverMax = snapshot.plan.creditGrant?.rolloverMax;
  const meter = snapshot.meters[CREDITS_METER];
  if (rolloverMax === undefined || !meter) return state;
  const used = billableQuantity(meter, closed.totals[CREDITS_METER]);
  const left = Math.max(0, closed.grantedMicroCredits - used);
  const rolled = Math.min(left, microCreditsOf(rolloverMax));
  return changeSegment(extended, next.index, {
    grantedMicroCredits: next.grantedMicroCredits + rolled,
  });
}

/** Units as a price takes them: credits as an exact decimal string, all others as they are. */
export function pricedQuantity(meter: string, units: number): number | string {
  return meter === CREDITS_METER ? creditsOf(units) : units;
}
