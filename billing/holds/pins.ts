import { pinsFor } from '../credits/pins.js';
import { heldByMeter } from '../limits/heldByMeter.js';
import { paysInCredits } from '../planMeters.js';
import { CREDITS_METER } from '../quantity.js';
import type { CustomerState } from '../state.js';
import type { Hold, Pin } from './hold.js';
import { planInForce } from '../customer/periods/segments.js';

/** Credits that holds count on, so that no two count on the same ones. */

/** Whole micro-credits that a hold still needs under the plan in force; 0 where it pays none. */
export function creditsHeld(state: CustomerState, hold: Hold): number {
  const snapshot = planInForce(state);
  if (!snapshot || !paysInCredits(snapshot.plan)) return 0;
  return heldByMeter(snapshot, [hold])[CREDITS_METER] ?? 0;
}

/**
 * The hold with the credits it counts on, at the time of its grant: what is settled from it is
 * dated then. `state` is the one before it is open.
 */
export function pinned(state: CustomerState, hold: Omit<Hold, 'pins'>): Hold {
  const microCredits = creditsHeld(state, { ...hold, pins: [] });
  const pins = pinsFor(state.credits, microCredits, hold.grantedAtMs, state.holds.pinned);
  return { ...hold, pins };
}

/** The last pins up to so many micro-credits: what was settled has burned the first ones. */
export function pinsLeft(pins: readonly Pin[], microCredits: number): Pin[] {
  const left: Pin[] = [];
  let wanted = microCredits;
  for (const pin of pins.toReversed()) {
    const kept = Math.min(pin.microCredits, wanted);
    if (kept > 0) left.unshift({ lot: pin.lot, microCredits: kept });
    wanted -= kept;
  }
  return left;
}
