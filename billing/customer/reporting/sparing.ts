import type { CustomerState } from '../../state.js';

/** The state that asks Stripe sparingly from now on, or, in a run that began before, does not. */
export function asSparing(state: CustomerState, isSparing: boolean): CustomerState {
  if (state.sparing === true && isSparing) return state;
  const { sparing: _before, ...others } = state;
  return isSparing ? { ...others, sparing: true } : others;
}
