import type { Quantities } from '../log.js';
import type { CustomerState } from '../state.js';
import type { Decided } from './answer.js';
import { granted, unchanged } from './answer.js';
import type { HoldAsk } from './asks.js';
import { openHold, withChangedHold, withoutHold } from './book.js';
import type { Hold } from './hold.js';
import { readHoldName } from './name.js';
import { creditsHeld, pinsLeft } from './pins.js';

type ShrinkAsk = Extract<HoldAsk, { type: 'shrink' }>;

/**
 * Gives back a part of a lease: its size becomes what is stated, never more than it was and
 * never less than what was settled from it. A reservation is not shrunk: its token may be out.
 */
export function shrink(state: CustomerState, ask: ShrinkAsk, nowMs: number): Decided {
  const name = readHoldName(ask.hold);
  const hold = name && openHold(state, name);
  if (!hold) return unchanged(state, { type: 'gone' });
  if (hold.kind !== 'lease') return unchanged(state, { type: 'conflict' });
  const sized = withSize(hold, ask.size);
  if (sized === hold) return granted(state, hold, nowMs);
  return granted(withLease(state, hold, sized), sized, nowMs);
}

function withSize(hold: Hold, size: Quantities): Hold {
  const sizes = Object.entries(hold.quantities).map(([meter, before]) => {
    const wanted = Math.min(before, size[meter] ?? before);
    return [meter, Math.max(wanted, hold.settled[meter] ?? 0)] as const;
  });
  const falls = sizes.some(([meter, quantity]) => quantity < (hold.quantities[meter] ?? 0));
  return falls ? { ...hold, quantities: Object.fromEntries(sizes) } : hold;
}

/** The state with a lease smaller, or with more of it settled; it closes when nothing is left. */
export function withLease(state: CustomerState, before: Hold, after: Hold): CustomerState {
  if (isSpent(after)) return withoutHold(state, before);
  const pins = pinsLeft(after.pins, creditsHeld(state, after));
  return withChangedHold(state, before, { ...after, pins });
}

function isSpent({ quantities, settled }: Hold): boolean {
  return Object.entries(quantities).every(([meter, size]) => (settled[meter] ?? 0) >= size);
}
