import type { Command } from '../command.js';
import type { Controls, ControlsChange } from '../controls.js';
import { scopeKey } from '../limits/counter.js';
import type { CustomerState } from '../state.js';

/** What an operator, or the breaker, sets for one customer. Each change is a log command. */

type CommandOf<Type extends Command['type']> = Extract<Command, { type: Type }>;

/** Fields that are given replace, `null` empties one, absent ones stay. */
function changed<Value>(
  before: Readonly<Record<string, Value>>,
  change: Readonly<Record<string, Value | null | undefined>>,
): Record<string, Value> {
  const after = new Map(Object.entries(before));
  for (const [name, value] of Object.entries(change)) {
    if (value === null) after.delete(name);
    else if (value !== undefined) after.set(name, value);
  }
  return Object.fromEntries(after);
}

/** The controls after a change asked for at `atMs`. Lifting a freeze is noted for the breaker. */
export function changeControls(
  before: Controls,
  change: ControlsChange,
  atMs: number,
): Controls {
  return {
    ...before,
    overage: change.overage ?? before.overage,
    spend: changed<number>(before.spend, change.spend ?? {}),
    limits: changed(before.limits, change.limits ?? {}),
    grandfathered: change.grandfathered ?? before.grandfathered,
    ...freezing(before, change, atMs),
  };
}

function freezing(
  before: Controls,
  { frozen, reason }: ControlsChange,
  atMs: number,
): Pick<Controls, 'frozen' | 'liftedAtMs'> {
  const { frozen: standing, liftedAtMs } = before;
  if (frozen === true && !standing) {
    return { frozen: { reason: reason ?? 'operator', sinceMs: atMs }, liftedAtMs };
  }
  if (frozen === false && standing) return { frozen: null, liftedAtMs: atMs };
  return { frozen: standing, liftedAtMs };
}

/** Lets a `controls` command act. */
export function applyControls(
  state: CustomerState,
  { change, atMs }: CommandOf<'controls'>,
): CustomerState {
  return { ...state, controls: changeControls(state.controls, change, atMs) };
}

/** Lets the breaker's freeze act; who is frozen already stays as he is. */
export function applyFreeze(
  state: CustomerState,
  { reason, atMs }: CommandOf<'freeze'>,
): CustomerState {
  const change = { frozen: true, reason };
  return { ...state, controls: changeControls(state.controls, change, atMs) };
}

/** Gives one key of a limit its own ceiling, or the plan's again. */
export function applyCeiling(
  state: CustomerState,
  { limit, key, max }: CommandOf<'ceiling'>,
): CustomerState {
  const { ceilings } = state.controls;
  const own = changed(ceilings[limit] ?? {}, { [scopeKey(key)]: max });
  const left = Object.keys(own).length === 0 ? null : own;
  const controls = { ...state.controls, ceilings: changed(ceilings, { [limit]: left }) };
  return { ...state, controls };
}
