import { endHolds } from '../holds/ends.js';
import type { HoldEnd, LogRange, LogStretch, SumRow, UsageMessage } from '../log.js';
import { paysInCredits } from '../planMeters.js';
import type { CustomerState } from '../state.js';
import { applyAct } from './acts.js';
import { foldRows } from './rows.js';
import { openSegment, segmentAt } from './periods/segments.js';

/** The fold of a customer's log by mark and ranges (DESIGN §3). */

/** True when the log is known to go further than the fold. */
export function needsHeal(state: CustomerState): boolean {
  return state.halted === null && (!state.synced || state.head > state.mark);
}

/** First number folded ahead of the mark: where a heal's page must stop. */
export function firstAhead(state: CustomerState): number | null {
  return state.ahead[0]?.[0] ?? null;
}

/** Newest catalogue revision among the plans in use: sums made under an older one lack names. */
export function neededRevision(state: CustomerState): number {
  return Math.max(0, ...Object.values(state.snapshots).map((snapshot) => snapshot.revision));
}

function heardOf(state: CustomerState, number: number): CustomerState {
  return number > state.head ? { ...state, head: number } : state;
}

/** True when some number of the range is folded, ahead of the mark or up to it. */
function isSeen(state: CustomerState, [from, to]: LogRange): boolean {
  return from <= state.mark || state.ahead.some(([first, last]) => from <= last && to >= first);
}

/**
 * Folds usage that an API process told of, where all of its ranges are unseen. Else, or out of
 * order where the order matters, only the head is taken, and the heal reads what is missing.
 */
export function foldMessage(state: CustomerState, message: UsageMessage): CustomerState {
  return orHalt(state, () => takeMessage(state, message));
}

function takeMessage(state: CustomerState, message: UsageMessage): CustomerState {
  const top = Math.max(message.head, ...message.ranges.map(([, to]) => to));
  const heard = heardOf(state, top);
  if (message.ranges.length === 0 || heard.halted !== null || !heard.synced) return heard;
  if (message.catalogue < neededRevision(heard)) return heard;
  if (message.ranges.some((range) => isSeen(heard, range))) return heard;
  if (burnsInOrder(heard) && !isOneGroup(message.ranges)) return heard;
  if (!isNext(heard, message.ranges) && !commutes(heard, message)) return heard;
  return takeRanges(count(heard, message.sums, message.ends), message.ranges);
}

/** Usage counts first, then the holds it was settled from end: never too little is held. */
function count(
  state: CustomerState,
  sums: readonly SumRow[],
  ends: readonly HoldEnd[] = [],
): CustomerState {
  const counted = foldRows(state, sums);
  return ends.length === 0 ? counted : endHolds(counted, ends);
}

/** How far the log goes; `missing`: it contradicts itself, and everything stops. */
export function headRead(
  state: CustomerState,
  head: number,
  missing: string | null,
): CustomerState {
  if (missing !== null) return { ...state, halted: `log number missing: ${missing}` };
  const synced = state.synced || state.mark >= head;
  return { ...state, synced, head: Math.max(state.head, head) };
}

/**
 * True where credits are paid in: they burn in the order of the log, which rows of several groups
 * have lost once they are merged. Such usage is folded group by group.
 */
export function burnsInOrder(state: CustomerState): boolean {
  return Object.values(state.snapshots).some(({ plan }) => paysInCredits(plan));
}

function isOneGroup(ranges: readonly LogRange[]): boolean {
  const [range] = ranges;
  return ranges.length === 1 && range !== undefined && range[0] === range[1];
}

/** True when the ranges follow the mark without a gap: nothing unknown lies between. */
function isNext(state: CustomerState, ranges: readonly LogRange[]): boolean {
  let expected = state.mark + 1;
  for (const [from, to] of ascending(ranges)) {
    if (from !== expected) return false;
    expected = to + 1;
  }
  return true;
}

/**
 * Usage may be folded before the groups of a gap only where those cannot change what it counts
 * in: the sender has met nothing in them that acts, it lies in a segment whose close has not
 * begun, and no change of plan is under way. A void waits for the event that it takes back: until
 * then less would seem used than is. Credits burn in the order of the log.
 */
function commutes(state: CustomerState, message: UsageMessage): boolean {
  const { quietFrom, sums } = message;
  if (quietFrom === undefined || quietFrom > state.mark + 1) return false;
  if (state.pending !== null || state.segments.length === 0) return false;
  if (burnsInOrder(state)) return false;
  const last = openSegment(state);
  return sums.every((row) => {
    if (row.last === null) return false;
    const atMs = row.bucket * 1000;
    return atMs < last.endMs && segmentAt(state, atMs).stage === 'open';
  });
}

function ascending(ranges: readonly LogRange[]): LogRange[] {
  return [...ranges].sort((a, b) => a[0] - b[0]);
}

/** Adds folded ranges and moves the mark over all that now touch it. */
function takeRanges(state: CustomerState, ranges: readonly LogRange[]): CustomerState {
  const [only] = ranges;
  if (only && ranges.length === 1 && state.ahead.length === 0 && only[0] === state.mark + 1) {
    return { ...state, mark: only[1], head: Math.max(state.head, only[1]) };
  }
  let mark = state.mark;
  const ahead: LogRange[] = [];
  for (const [from, to] of ascending([...state.ahead, ...ranges])) {
    const previous = ahead.at(-1);
    if (from <= mark + 1) mark = Math.max(mark, to);
    else if (previous && from === previous[1] + 1) ahead[ahead.length - 1] = [previous[0], to];
    else ahead.push([from, to]);
  }
  return { ...state, mark, ahead, head: Math.max(state.head, mark) };
}

/**
 * Folds one stretch that a heal read. It is dropped when it does not begin right after the mark,
 * or when a message has folded a part of it meanwhile: both happen while a page is on its way,
 * and the next page begins and stops at the right places.
 */
export function foldStretch(state: CustomerState, stretch: LogStretch): CustomerState {
  if (state.halted !== null || stretch.from !== state.mark + 1) return state;
  if (isSeen(state, [stretch.from, stretch.to])) return state;
  return orHalt(state, () => takeStretch(state, stretch));
}

/** A fold that is impossible (a total beyond 2^53-1) stops the customer instead of a handler. */
function orHalt(state: CustomerState, fold: () => CustomerState): CustomerState {
  try {
    return fold();
  } catch (error) {
    return { ...state, halted: error instanceof Error ? error.message : String(error) };
  }
}

function takeStretch(state: CustomerState, stretch: LogStretch): CustomerState {
  let folded = count(heardOf(state, stretch.to), stretch.sums, stretch.ends);
  for (const act of stretch.acts) folded = applyAct(folded, stretch.from, act);
  return takeRanges(folded, [[stretch.from, stretch.to]]);
}
