import type { Limit, Window } from '../../catalogue.js';
import { readdressHolds } from '../../holds/readdress.js';
import type { Counters } from '../../limits/counter.js';
import { counterKey } from '../../limits/counterKey.js';
import type { CustomerState } from '../../state.js';
import { windowBounds } from '../../windows/calendar.js';
import type { Zone } from '../../windows/zone.js';
import { snapshotOf } from './segments.js';

/** A customer moves to another time zone: days begin elsewhere. */

type LocalWindow = Extract<Window, 'hour' | 'day' | 'week' | 'month'>;

function isLocal(window: Window): window is LocalWindow {
  return window === 'hour' || window === 'day' || window === 'week' || window === 'month';
}

/**
 * The state in another zone. Windows that are open at `atMs` keep what they have counted and end
 * where the new zone says: a move gives nobody a second day's quota.
 */
export function rezoned(
  state: CustomerState,
  zone: Zone | undefined,
  atMs: number,
): CustomerState {
  const moved: Zone = zone ?? { name: state.timezone, offsets: [[0, 0]] };
  const { plan } = state;
  if (JSON.stringify(moved) === JSON.stringify(state.zone)) return state;
  if (!plan) return { ...state, zone: moved };
  const snapshot = snapshotOf(state, plan);
  const counters = (snapshot.plan.limits ?? []).reduce(
    (all, limit) => movedCounter(all, counterKey(limit, snapshot), limit, moved, atMs),
    state.counters,
  );
  return readdressHolds({ ...state, zone: moved, counters });
}

function movedCounter(
  counters: Counters,
  key: string,
  { window, sliding }: Limit,
  zone: Zone,
  atMs: number,
): Counters {
  const open = counters[key]?.find(({ startMs, endMs }) => startMs <= atMs && atMs < endMs);
  if (!isLocal(window) || sliding || !counters[key]) return counters;
  if (!open) return { ...counters, [key]: [] };
  return { ...counters, [key]: [{ ...open, ...windowBounds(window, zone, atMs) }] };
}
