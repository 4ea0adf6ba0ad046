import type { CustomerKey } from '../../log.js';
import type { CustomerState, CustomerStatus } from '../../state.js';
import type { PlanName } from '../../catalogue.js';
import { planInForce } from '../periods/segments.js';
import { awaitsCancelSync } from '../plans/turns.js';

/** What other processes read about a customer without asking its workflow. */
export interface CustomerRow {
  readonly key: CustomerKey;
  readonly plan: PlanName | null;
  readonly status: CustomerStatus;
  readonly offsetMs: number;
  readonly stripeCustomer: string | null;
  readonly hasHardLimits: boolean;
  readonly firstPeriodStartMs: number | null;
  readonly mark: number;
}

/** What says more about a customer than being frozen. */
const BEFORE_FROZEN: readonly CustomerStatus[] = ['starting', 'canceled', 'incomplete'];

/** The contract's status: where several apply, the first of its list (CONTRACT §4.1). */
export function statusOf(state: CustomerState): CustomerStatus {
  if (BEFORE_FROZEN.includes(state.status)) return state.status;
  if (state.controls.frozen) return 'frozen';
  return state.pastDue ? 'pastDue' : state.status;
}

/** The customer at Stripe: known from the first page or link there on, null before. */
export function stripeCustomerOf(state: CustomerState): string | null {
  const { stripe, linkedCustomer, formerStripe, openPage } = state;
  const billed = stripe?.customer ?? linkedCustomer ?? formerStripe?.customer;
  return billed ?? openPage?.stripeCustomer ?? null;
}

/** The row of a customer as the state has it now. */
export function customerRow(state: CustomerState): CustomerRow {
  const snapshot = planInForce(state);
  const limits = snapshot?.plan.limits ?? [];
  return {
    key: state.key,
    plan: state.plan,
    status: statusOf(state),
    offsetMs: state.clock.offsetMs,
    stripeCustomer: stripeCustomerOf(state),
    hasHardLimits: limits.some((limit) => limit.enforcement !== 'soft'),
    firstPeriodStartMs: state.firstPeriodStartMs,
    mark: state.mark,
  };
}

/**
 * Changes when the row must be saved anew; '' while the customer is not usable. Not the mark:
 * it moves with every message and is only a hint.
 */
export function rowFingerprint(state: CustomerState): string {
  const row = customerRow(state);
  if (row.status === 'starting') return '';
  const { id, version } = row.plan ?? { id: '', version: 0 };
  return [id, version, row.status, row.offsetMs, row.stripeCustomer, row.firstPeriodStartMs].join();
}

/** True when the request that stands at `number` in the log has been worked off entirely. */
export function isSettled(state: CustomerState, number: number): boolean {
  if (state.mark < number || state.pending || state.leaving || state.wantedPage) return false;
  return !awaitsCancelSync(state) && rowFingerprint(state) === state.savedRow;
}

/** True when the clock command at `number` is reached and others can see it. */
export function isClockReached(state: CustomerState, number: number): boolean {
  return state.clock.reached >= number && isSettled(state, number);
}
