import { breakerTrip } from '../forecast/breaker.js';
import { MINUTE_MS } from '../period.js';
import type { CustomerState } from '../state.js';
import type { Effect } from './change.js';

/**
 * The freeze that the breaker wants in the log at `nowMs` (customer's time), if it trips. Its id
 * is its content, so a repeat is one command and a later trip another. Without a period nothing
 * is guarded; while the log goes further than the fold the answer would be stale.
 */
export function breakerEffects(state: CustomerState, nowMs: number): Effect[] {
  if (!state.synced || state.halted !== null || state.segments.length === 0) return [];
  const trip = breakerTrip(state, nowMs);
  if (!trip) return [];
  const atMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  const id = `breaker-${trip.meter}-${atMs}-${trip.units}`;
  const command = { type: 'freeze', reason: trip.reason, atMs } as const;
  return [{ type: 'writeCommand', id, command }];
}
