import { cellEntries, cellOf, noCells, withCell, withoutCell } from '../cells.js';
import { addHeld } from '../limits/counting.js';
import type { CustomerState } from '../state.js';
import type { Hold, Holds, Pin } from './hold.js';
import type { HoldName } from './name.js';
import { isNamed } from './name.js';
import { placeOf } from './place.js';

/** The book of open holds. Whatever changes in it, counters and pinned credits change with it. */

/** An open hold by its exact name; null when that grant is not open (any more). */
export function openHold(state: CustomerState, name: HoldName): Hold | null {
  const hold = cellOf(state.holds.open, name.id);
  return hold && isNamed(hold, name) ? hold : null;
}

/** Every open hold, oldest grant first. */
export function openHolds(state: CustomerState): Hold[] {
  const holds = cellEntries(state.holds.open).map(([, hold]) => hold);
  return holds.sort((a, b) => a.serial - b.serial);
}

/** The state with a hold open: its serial taken, its quantities debited, its credits pinned. */
export function withHold(state: CustomerState, hold: Hold): CustomerState {
  const { holds } = state;
  return debited(state, hold, 1, {
    open: withCell(holds.open, hold.id, hold),
    serial: Math.max(holds.serial, hold.serial),
    nextEndMs: Math.min(holds.nextEndMs ?? hold.expiresAtMs, hold.expiresAtMs),
  });
}

/** The state without an open hold: what it still held is given back. */
export function withoutHold(state: CustomerState, hold: Hold): CustomerState {
  const open = withoutCell(state.holds.open, hold.id);
  const nextEndMs = open.size === 0 ? null : state.holds.nextEndMs;
  return debited(state, hold, -1, { open, nextEndMs });
}

/** The state with an open hold changed; its id, grant and pins may be new ones. */
export function withChangedHold(state: CustomerState, before: Hold, after: Hold): CustomerState {
  return withHold(debited(state, before, -1, {}), after);
}

/** The state with no hold open, nothing held and nothing on its way. */
export function withoutHolds(state: CustomerState): CustomerState {
  const emptied = openHolds(state).reduce(withoutHold, state);
  const holds = { ...emptied.holds, open: noCells<Hold>(), pinned: {}, nextEndMs: null };
  return { ...emptied, holds: { ...holds, fence: null } };
}

function debited(
  state: CustomerState,
  hold: Hold,
  sign: 1 | -1,
  change: Partial<Holds>,
): CustomerState {
  const place = placeOf(state, hold);
  const counters = place ? addHeld(state.counters, place, hold, sign) : state.counters;
  const pinned = withPins(state.holds.pinned, hold.pins, sign);
  return { ...state, counters, holds: { ...state.holds, ...change, pinned } };
}

/** Pinned credits by lot with these pins more (1) or fewer (-1); lots at zero are left out. */
export function withPins(
  pinned: Readonly<Record<string, number>>,
  pins: readonly Pin[],
  sign: 1 | -1,
): Readonly<Record<string, number>> {
  if (pins.length === 0) return pinned;
  const sums: Record<string, number> = { ...pinned };
  for (const { lot, microCredits } of pins) {
    const sum = (sums[lot] ?? 0) + sign * microCredits;
    if (sum > 0) sums[lot] = sum;
    else delete sums[lot];
  }
  return sums;
}
