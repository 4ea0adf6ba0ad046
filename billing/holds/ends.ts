import type { HoldEnd, Quantities } from '../log.js';
import type { CustomerState } from '../state.js';
import { openHold, withoutHold } from './book.js';
import type { Hold } from './hold.js';
import type { HoldName } from './name.js';
import { readHoldName } from './name.js';
import { outOfService } from './serving.js';
import { withLease } from './shrink.js';

/**
 * Consumes what settles in the log name. A name that is not open is harmless: its hold ended
 * before. One of our own epoch that we never made shows that another instance granted in it
 * and this state is older than that: it leaves service and wants an epoch anew (DESIGN §3).
 */
export function endHolds(state: CustomerState, ends: readonly HoldEnd[]): CustomerState {
  return ends.reduce(endHold, state);
}

function endHold(state: CustomerState, end: HoldEnd): CustomerState {
  const name = readHoldName(end.hold);
  if (!name) return state;
  if (isForeign(state, name)) return outOfService(state);
  const hold = openHold(state, name);
  if (!hold) return state;
  if (hold.kind !== 'lease' || !end.settled) return withoutHold(state, hold);
  return withLease(state, hold, withSettled(hold, end.settled));
}

/** True for a hold of our own epoch that this instance never made. */
export function isForeign({ holds }: CustomerState, name: HoldName): boolean {
  return name.epoch === holds.epoch && name.serial > holds.serial;
}

function withSettled(hold: Hold, settled: Quantities): Hold {
  const sums: Record<string, number> = { ...hold.settled };
  for (const [meter, quantity] of Object.entries(settled)) {
    sums[meter] = (sums[meter] ?? 0) + quantity;
  }
  return { ...hold, settled: sums };
}
