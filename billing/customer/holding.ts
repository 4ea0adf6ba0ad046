import { decide } from '../holds/decide.js';
import { dueFences } from '../holds/fences.js';
import type { CustomerState } from '../state.js';
import type { Change, Effect } from './change.js';
import { customerNow } from './clock.js';
import { healEffects } from './due.js';
import { foldMessage } from './fold.js';
import { turn } from './periods/turning.js';

/** How decisions and the expiry of holds enter the reducer. */

interface Held {
  readonly state: CustomerState;
  readonly effects: readonly Effect[];
}

/**
 * Answers asks against everything folded by now; usage that rides along is folded first, and
 * periods that are over by `nowMs` end, so that a grant is dated in the one that is open. A
 * customer whose log contradicts itself is answered `later` until an operator has looked.
 */
export function decideHolds(
  state: CustomerState,
  { asks, usage, nowMs }: Extract<Change, { type: 'decide' }>,
): Held {
  const folded = turn(usage ? foldMessage(state, usage) : state, nowMs);
  const { halted } = folded;
  if (halted !== null) {
    const answers = asks.map(() => ({ type: 'later', reason: halted }) as const);
    return { state: folded, effects: [{ type: 'answer', answers }] };
  }
  const decided = decide(asking(folded), asks, nowMs);
  const answer: Effect = { type: 'answer', answers: decided.answers };
  return { state: decided.state, effects: [answer, ...healEffects(decided.state)] };
}

/** From the first ask on, holds are kept in service by an epoch of their own. */
function asking(state: CustomerState): CustomerState {
  return state.holds.asked ? state : { ...state, holds: { ...state.holds, asked: true } };
}

/** The fences that holds want now, and when the next one is due. */
export function passHoldTime(state: CustomerState, realNowMs: number, random: string): Held {
  if (!state.holds.asked) return { state, effects: [] };
  const due = dueFences(state, customerNow(state, realNowMs), random);
  const effects: Effect[] = due.fences.map(({ name, fence }) => ({
    type: 'writeFence',
    name,
    fence,
  }));
  if (due.nextAtMs === null) return { state: due.state, effects };
  const realMs = due.nextAtMs - state.clock.offsetMs;
  return { state: due.state, effects: [...effects, { type: 'wakeAt', realMs }] };
}
