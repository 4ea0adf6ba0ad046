import type { PlanSnapshot } from '../../billing/catalogue.js';
import type { Command } from '../../billing/command.js';
import { customerNow } from '../../billing/customer/clock.js';
import { extendTo, openSegment, planKey } from '../../billing/customer/periods/segments.js';
import { isMigratingTo, whyItStays, type StayReason } from '../../billing/migration/staying.js';
import type { CustomerState } from '../../billing/state.js';
import type { Asking } from '../customers/asking.js';
import { commandEntry } from '../customers/command.js';

/** Asks a customer to move at the end of its period. */

/** What became of one customer. */
export interface Moved {
  /** True once the move waits for the end of the period. */
  readonly applied: boolean;
  /** Why it stays; null: it moves, or would. */
  readonly reason: StayReason | null;
  /** When it moves, or would, ms; null: it stays. */
  readonly atMs: number | null;
}

/** Where a customer stands before anything is asked of it. */
export function standing(state: CustomerState, to: PlanSnapshot, realNowMs: number): Moved {
  const reason = whyItStays(state, to);
  if (reason) return { applied: false, reason, atMs: null };
  if (isMigratingTo(state, to)) {
    return { applied: false, reason, atMs: state.scheduled?.atMs ?? null };
  }
  const { endMs } = openSegment(extendTo(state, customerNow(state, realNowMs)));
  return { applied: false, reason, atMs: endMs };
}

/**
 * Writes the command once for each period, and once more where the first was undone since: a
 * repeat asks nothing new. @throws Problem `unavailable` where it is not known to stand.
 */
export async function move(
  asking: Asking,
  state: CustomerState,
  to: PlanSnapshot,
  { nowMs, gone }: { readonly nowMs: number; readonly gone: AbortSignal },
): Promise<Moved> {
  const before = standing(state, to, nowMs);
  if (before.reason) return before;
  let seen = state;
  for (const id of isMigratingTo(state, to) ? [] : commandIds(state, to, nowMs)) {
    const atMs = customerNow(state, nowMs);
    const command: Command = { type: 'schedule', plan: to, atMs, migrates: true };
    const entry = commandEntry(id, command, { migrates: planKey(to) });
    const { number } = await asking.write(state.key, entry);
    seen = await asking.acted(state.key, number, gone);
    if (isMigratingTo(seen, to) || whyItStays(seen, to)) break;
  }
  return { ...standing(seen, to, nowMs), applied: isMigratingTo(seen, to) };
}

function commandIds(state: CustomerState, to: PlanSnapshot, nowMs: number): readonly string[] {
  const { index } = openSegment(extendTo(state, customerNow(state, nowMs)));
  const id = `command/migrate-${planKey(to)}-in-${index}`;
  return [id, `${id}-after-${state.mark}`];
}
