import type { CustomerState } from '../state.js';
import type { Decided } from './answer.js';
import { later } from './answer.js';
import type { HoldAnswer, HoldAsk } from './asks.js';
import { draw } from './draw.js';
import { extend } from './extend.js';
import { lease } from './lease.js';
import { reserve } from './reserve.js';
import { outOfServiceReason } from './serving.js';
import { shrink } from './shrink.js';

/** The answers to several asks, in their order, and the state after them. */
export interface Decision {
  /** The very state that was given, when nothing was granted or changed. */
  readonly state: CustomerState;
  readonly answers: readonly HoldAnswer[];
}

/**
 * Decides asks in order, each seeing the ones before it (DESIGN §4). Never throws. `nowMs` is
 * the customer's time; the log must be folded as far as the asks have seen it.
 */
export function decide(
  state: CustomerState,
  asks: readonly HoldAsk[],
  nowMs: number,
): Decision {
  let after = state;
  const answers: HoldAnswer[] = [];
  for (const ask of asks) {
    const decided = decideOne(after, ask, nowMs);
    after = decided.state;
    answers.push(decided.answer);
  }
  return { state: after, answers };
}

function decideOne(state: CustomerState, ask: HoldAsk, nowMs: number): Decided {
  const reason = outOfServiceReason(state);
  if (reason !== null) return later(state, reason);
  switch (ask.type) {
    case 'reserve':
      return reserve(state, ask, nowMs);
    case 'lease':
      return lease(state, ask, nowMs);
    case 'extend':
      return extend(state, ask, nowMs);
    case 'draw':
      return draw(state, ask, nowMs);
    case 'shrink':
      return shrink(state, ask, nowMs);
  }
}
