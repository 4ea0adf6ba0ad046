import { contextOf } from '../limits/contextOf.js';
import { standingsOf } from '../limits/standings.js';
import type { CustomerState } from '../state.js';
import type { HoldAnswer } from './asks.js';
import type { Hold } from './hold.js';
import { holdName } from './name.js';

/** A state and what is answered; a refusal hands back the very state it was given. */
export interface Decided {
  readonly state: CustomerState;
  readonly answer: HoldAnswer;
}

/** An answer that changes nothing. */
export function unchanged(state: CustomerState, answer: HoldAnswer): Decided {
  return { state, answer };
}

/** Ask again: why not now. */
export function later(state: CustomerState, reason: string): Decided {
  return unchanged(state, { type: 'later', reason });
}

/** A hold as it stands, with the standing of its limits at `nowMs`. */
export function granted(state: CustomerState, hold: Hold, nowMs: number): Decided {
  const { user, properties } = hold;
  const answer: HoldAnswer = {
    type: 'granted',
    hold: holdName(hold),
    quantities: hold.quantities,
    grantedAtMs: hold.grantedAtMs,
    expiresAtMs: hold.expiresAtMs,
    since: hold.since,
    limits: standingsOf(contextOf(state, nowMs), { user, properties }),
  };
  return { state, answer };
}
