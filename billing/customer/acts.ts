import type { Command } from '../command.js';
import { addCredits } from '../credits/lots.js';
import { foldHoldFence } from '../holds/fences.js';
import type { ActingEntry, Fence } from '../log.js';
import type { CustomerState } from '../state.js';
import { closeSegment } from './freezing.js';
import { applyCeiling, applyControls, applyFreeze } from './controlling.js';
import { applyCustomer, applySubscribed, applySubscribeFailed } from './joining.js';

/** Lets one entry act, when the mark reaches the group `number` it stands in. */
export function applyAct(state: CustomerState, number: number, act: ActingEntry): CustomerState {
  return act.kind === 'command'
    ? applyCommand(state, number, act.command)
    : applyFence(state, number, act.id, act.fence);
}

function applyFence(
  state: CustomerState,
  number: number,
  id: string,
  fence: Fence,
): CustomerState {
  if (fence.type === 'closed') return closeSegment(state, fence.segment);
  return foldHoldFence(state, number, id, fence);
}

function applyCommand(state: CustomerState, number: number, command: Command): CustomerState {
  switch (command.type) {
    case 'customer':
      return applyCustomer(state, number, command);
    case 'clock':
      return setGoal(state, number, command);
    case 'subscribed':
      return applySubscribed(state, command);
    case 'subscribeFailed':
      return applySubscribeFailed(state, command);
    case 'controls':
      return applyControls(state, command);
    case 'ceiling':
      return applyCeiling(state, command);
    case 'credits':
      return { ...state, credits: addCredits(state.credits, command) };
    case 'freeze':
      return applyFreeze(state, command);
    default:
      return state;
  }
}

/** Goals add up: the later time, and the newest segment that must be done. */
function setGoal(
  state: CustomerState,
  number: number,
  command: Extract<Command, { type: 'clock' }>,
): CustomerState {
  const before = state.clock.goal;
  const goal = {
    request: number,
    toMs: Math.max(command.toMs, before?.toMs ?? command.toMs),
    segment: command.segment ?? before?.segment ?? null,
  };
  return { ...state, clock: { ...state.clock, goal } };
}
