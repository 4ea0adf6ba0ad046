import type { CustomerState } from '../billing/state.js';

/** What the lanes of one run share. Only `state` is carried on by continue-as-new. */
export interface Life {
  state: CustomerState;
  /** Set once the run is to continue as a new one: lanes end at their next step. */
  draining: boolean;
  /** Something changed at Stripe since the money lane looked last. */
  touched: boolean;
}
