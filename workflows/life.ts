import { patched } from '@temporalio/workflow';
import type { Change, Effect } from '../billing/customer/change.js';
import { reduce } from '../billing/customer/reducer.js';
import type { CustomerState } from '../billing/state.js';

/** What the lanes of one run share. Only `state` is carried on by continue-as-new. */
export interface Life {
  state: CustomerState;
  /** Set once the run is to continue as a new one: lanes end at their next step. */
  draining: boolean;
  /** Something changed at Stripe since the money lane looked last; null: nothing. */
  touched: StripeTouch | null;
  /** Updates accepted in this run: a run may have 2,000. */
  updates: number;
  /**
   * Whether the run spares tasks and history: news of Stripe say what they are of, a draft that
   * needs nothing is finalised at once, summaries are read together. Runs that began before that
   * go on as they did.
   */
  readonly frugal: boolean;
}

/** What is to be looked at anew, beside the invoices. */
export interface StripeTouch {
  /** The subscription, too. */
  readonly subscription: boolean;
}

/**
 * Whether this run has a change of commands. A frugal one has all that were made before it,
 * without an event of history for each.
 */
export function has({ frugal }: Pick<Life, 'frugal'>, change: string): boolean {
  return frugal || patched(change);
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
