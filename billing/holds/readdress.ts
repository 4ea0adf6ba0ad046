import { type CountingPlace, recountHeld } from '../limits/counting.js';
import type { CustomerState } from '../state.js';
import { openHolds, withPins } from './book.js';
import { withCell } from '../cells.js';
import type { Hold } from './hold.js';
import { pinned } from './pins.js';
import { placeOf } from './place.js';

/**
 * Debits every open hold anew, after the plan, the zone or the controls changed: by the rules
 * now in force, still dated by its grant. What was granted stands, even above a lowered limit.
 */
export function readdressHolds(state: CustomerState): CustomerState {
  const repinned = openHolds(state).reduce((before, hold) => {
    const anew = pinned(before, hold);
    const open = withCell(before.holds.open, hold.id, anew);
    const sums = withPins(before.holds.pinned, anew.pins, 1);
    return { ...before, holds: { ...before.holds, open, pinned: sums } };
  }, { ...state, holds: { ...state.holds, pinned: {} } });
  const places = new Map<Hold, CountingPlace>();
  for (const hold of openHolds(repinned)) {
    const place = placeOf(repinned, hold);
    if (place) places.set(hold, place);
  }
  const placed = (hold: Hold) => places.get(hold) as CountingPlace;
  return { ...repinned, counters: recountHeld(repinned.counters, placed, [...places.keys()]) };
}
