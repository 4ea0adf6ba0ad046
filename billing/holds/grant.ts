import type { AskKind } from '../limits/context.js';
import { contextOf } from '../limits/contextOf.js';
import type { Quantities } from '../log.js';
import type { CustomerState } from '../state.js';
import type { Decided } from './answer.js';
import { granted } from './answer.js';
import { withHold } from './book.js';
import type { Hold } from './hold.js';
import { pinned } from './pins.js';

/** What an ask that fits becomes. */
export interface Grant {
  readonly id: string;
  readonly kind: AskKind;
  readonly user: string | null;
  readonly properties: Readonly<Record<string, string>>;
  readonly quantities: Quantities;
  readonly expiresAtMs: number;
  readonly hash: string;
  readonly holder: string | null;
}

/** Opens a hold: a new serial, this epoch, dated now. Whoever calls has judged that it fits. */
export function grant(state: CustomerState, wanted: Grant, nowMs: number): Decided {
  const { revision } = contextOf(state, nowMs).snapshot;
  const hold: Omit<Hold, 'pins'> = {
    ...wanted,
    serial: state.holds.serial + 1,
    epoch: state.holds.epoch ?? 0,
    revision,
    settled: {},
    grantedAtMs: nowMs,
    since: state.mark,
    ending: false,
  };
  const credited = pinned(state, hold);
  return granted(withHold(state, credited), credited, nowMs);
}
