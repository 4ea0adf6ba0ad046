import type { Command } from '../command.js';
import { addCredits } from '../credits/lots.js';
import { foldHoldFence } from '../holds/fences.js';
import type { ActingEntry, Fence } from '../log.js';
import type { CustomerState } from '../state.js';
import { closeSegment } from './periods/freezing.js';
import { applyCeiling, applyControls, applyFreeze } from './controlling.js';
import { applyCustomer } from './plans/joining.js';
import { applyPage, applyPageOpened } from './subscription/paging.js';
import { applyPaused } from './subscription/pausing.js';
import { applyCancel, applyEnded } from './plans/leaving.js';
import { applyCreditNote } from './close/notes.js';
import { applyInvoice } from './close/operating.js';
import { applySchedule, applySwapped, applyTurned, applyUnschedule } from './plans/scheduling.js';
import { applySubscribed, applySubscribeFailed } from './subscription/subscribing.js';
import { applyLinked, applyPageFailed } from './subscription/takingOver.js';

/** Lets one entry act, when the mark reaches the group `number` it stands in. */
export function applyAct(state: CustomerState, number: number, act: ActingEntry): CustomerState {
  if (act.kind === 'fence') return applyFence(state, number, act.id, act.fence);
  const { id, command } = act;
  // A credit is named by its command.
  if (command.type === 'invoice') return applyInvoice(state, number, id, command);
  if (command.type === 'creditNote') return applyCreditNote(state, id, command);
  return applyCommand(state, number, command);
}

function applyFence(
  state: CustomerState,
  number: number,
  id: string,
  fence: Fence,
): CustomerState {
  if (fence.type === 'closed') return closeSegment(state, fence.segment);
  if (fence.type === 'deleted') return { ...state, deleted: true };
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
    case 'linked':
      return applyLinked(state, command);
    case 'pageFailed':
      return applyPageFailed(state, command);
    case 'paused':
      return applyPaused(state, command);
    case 'schedule':
      return applySchedule(state, number, command);
    case 'unschedule':
      return applyUnschedule(state);
    case 'turned':
      return applyTurned(state, number, command);
    case 'swapped':
      return applySwapped(state, command);
    case 'page':
      return applyPage(state, number, command);
    case 'pageOpened':
      return applyPageOpened(state, command);
    case 'cancel':
      return applyCancel(state, number, command);
    case 'ended':
      return applyEnded(state, command);
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
