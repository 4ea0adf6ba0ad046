import type { Fence } from '../log.js';
import type { CustomerState } from '../state.js';
import { openHold, openHolds, withoutHold, withoutHolds } from './book.js';
import { isForeign } from './ends.js';
import type { Hold, Holds } from './hold.js';
import { holdName, readHoldName } from './name.js';
import { LONGEST_LEASE_MS, outOfService } from './serving.js';
import { withCell } from '../cells.js';

/** Fences end holds: those past their time, and all of an epoch that is over (DESIGN §3-4). */

/** Holds past their time are collected in steps of this many ms. */
const STEP_MS = 5_000;

/** Holds that one fence lists at most. */
const MOST_LISTED = 500;

/** Expired reservations that are remembered. */
const MOST_REMEMBERED = 100;

/** A fence to write: `fence/NAME` in the log, equal content however often it is asked for. */
export interface DueFence {
  readonly name: string;
  readonly fence: Fence;
}

/** What to write now, and when to look again. */
export interface DueFences {
  readonly state: CustomerState;
  readonly fences: readonly DueFence[];
  /** Customer's time, ms; null: not by time, but when the log brings something. */
  readonly nextAtMs: number | null;
}

/**
 * Lets a fence of holds act, when the mark reaches group `number`: listed holds go, by exact
 * name; an epoch voids every hold before it. An epoch that is not this instance's own puts it
 * out of service: writers who read it refuse our holds.
 */
export function foldHoldFence(
  state: CustomerState,
  number: number,
  fenceId: string,
  fence: Fence,
): CustomerState {
  switch (fence.type) {
    case 'expired':
      return withFenceDone(fence.holds.reduce(expire, state), fenceId);
    case 'epoch':
      return beginEpoch(state, number, fenceId);
    case 'closed':
    case 'deleted':
      return state;
  }
}

function expire(state: CustomerState, listed: string): CustomerState {
  const name = readHoldName(listed);
  if (!name) return state;
  if (isForeign(state, name)) return outOfService(state);
  const hold = openHold(state, name);
  return hold ? remembered(withoutHold(state, hold), hold) : state;
}

/** Who asks for an expired reservation by its id alone is answered from what is remembered. */
function remembered(state: CustomerState, hold: Hold): CustomerState {
  if (hold.kind !== 'reservation') return state;
  const ended = [...(state.holds.ended ?? []), hold].slice(-MOST_REMEMBERED);
  return { ...state, holds: { ...state.holds, ended } };
}

function withFenceDone(state: CustomerState, fenceId: string): CustomerState {
  const { fence } = state.holds;
  if (fence === null || fenceId !== `fence/${fence.name}`) return state;
  return { ...state, holds: { ...state.holds, fence: null } };
}

function beginEpoch(state: CustomerState, number: number, fenceId: string): CustomerState {
  const voided = withoutHolds(state);
  const { holds } = voided;
  const isOwn = fenceId === holds.wanted;
  const begun: Partial<Holds> = isOwn
    ? { epoch: number, wanted: null, servingFromMs: holds.newestEpoch === 0 ? 0 : null }
    : { epoch: null };
  return { ...voided, holds: { ...holds, ...begun, newestEpoch: number } };
}

/**
 * What holds want written at `nowMs` (customer's time), and when next. `random` names a new
 * epoch: two instances never want the same one. Nothing new is decided before the fold has
 * reached the head that is known.
 */
export function dueFences(state: CustomerState, nowMs: number, random: string): DueFences {
  const underWay = fencesUnderWay(state);
  const isBehind = !state.synced || state.head > state.mark || state.halted !== null;
  if (underWay.length > 0 || isBehind) return { state, fences: underWay, nextAtMs: null };
  if (state.holds.epoch === null) return wantEpoch(state, random);
  return collect(withServingTime(state, nowMs), nowMs);
}

function fencesUnderWay({ holds }: CustomerState): DueFence[] {
  if (holds.wanted !== null) {
    return [{ name: holds.wanted.slice('fence/'.length), fence: { type: 'epoch' } }];
  }
  if (holds.fence === null) return [];
  return [{ name: holds.fence.name, fence: { type: 'expired', holds: holds.fence.holds } }];
}

/** One run can want several: an older instance's epoch may land after its own, and end it. */
function wantEpoch(state: CustomerState, random: string): DueFences {
  const { newestEpoch } = state.holds;
  const name = newestEpoch === 0 ? random : `${random}-${newestEpoch}`;
  const holds = { ...state.holds, wanted: `fence/epoch-${name}` };
  const wanting = { ...state, holds };
  return { state: wanting, fences: fencesUnderWay(wanting), nextAtMs: null };
}

/** After a rebuild the time to wait runs from the first look at the clock, not from the log. */
function withServingTime(state: CustomerState, nowMs: number): CustomerState {
  if (state.holds.servingFromMs !== null) return state;
  return { ...state, holds: { ...state.holds, servingFromMs: nowMs + LONGEST_LEASE_MS } };
}

function stepEndMs(atMs: number): number {
  return Math.ceil(atMs / STEP_MS) * STEP_MS;
}

/**
 * Customer's time at which a fence of ended holds is due, ms; at once while one is on its way;
 * null: no hold is open. Never too late; too early where the hold it waits for has ended since.
 */
export function fenceDueMs({ holds }: CustomerState): number | null {
  if (holds.fence !== null) return 0;
  return holds.nextEndMs === null ? null : stepEndMs(holds.nextEndMs);
}

function collect(state: CustomerState, nowMs: number): DueFences {
  const { nextEndMs } = state.holds;
  if (nextEndMs === null) return { state, fences: [], nextAtMs: null };
  if (nowMs < stepEndMs(nextEndMs)) return { state, fences: [], nextAtMs: stepEndMs(nextEndMs) };
  const ended = openHolds(state).filter((hold) => hold.expiresAtMs <= nowMs);
  const [first] = ended;
  // The one it waited for ended sooner, or lives longer now: the next lies after this instant.
  if (!first) return collect(withNextEnd(state), nowMs);
  const marked = withEnding(state, first, ended.slice(0, MOST_LISTED));
  return { state: marked, fences: fencesUnderWay(marked), nextAtMs: null };
}

function withNextEnd(state: CustomerState): CustomerState {
  const nextEndMs = Math.min(...openHolds(state).map((hold) => hold.expiresAtMs));
  return { ...state, holds: { ...state.holds, nextEndMs } };
}

function withEnding(state: CustomerState, first: Hold, ended: readonly Hold[]): CustomerState {
  let { open } = state.holds;
  for (const hold of ended) open = withCell(open, hold.id, { ...hold, ending: true });
  const name = `expired-${first.serial}@${first.epoch}`;
  const fence = { name, holds: ended.map(holdName) };
  return { ...state, holds: { ...state.holds, open, fence } };
}
