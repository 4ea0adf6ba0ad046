import type { Change, Effect } from '../billing/customer/change.js';
import { reduce } from '../billing/customer/reducer.js';
import type { CustomerState } from '../billing/state.js';

/** What the lanes of one run share. Only `state` is carried on by continue-as-new. */
export interface Life {
  state: CustomerState;
  /** Set once the run is to continue as a new one: lanes end at their next step. */
  draining: boolean;
  /** Something changed at Stripe since the money lane looked last. */
  touched: boolean;
  /** Updates accepted in this run: a run may have 2,000. */
  updates: number;
}

/** Lets something happen: the reducer decides what it means. Answers what is wanted then. */
export function happen(life: Life, change: Change): readonly Effect[] {
  const { state, effects } = reduce(life.state, change);
  life.state = state;
  return effects;
}

/** The first effect of a kind. */
export function wanted<Type extends Effect['type']>(
  effects: readonly Effect[],
  type: Type,
): Extract<Effect, { type: Type }> | undefined {
  return effects.find(
    (effect): effect is Extract<Effect, { type: Type }> => effect.type === type,
  );
}
