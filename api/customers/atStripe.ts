import type { PlanSnapshot } from '../../billing/catalogue.js';
import { stripeCustomerOf } from '../../billing/customer/reads/row.js';
import { isPriced, planInForce, planKey } from '../../billing/customer/periods/segments.js';
import type { CustomerState } from '../../billing/state.js';
import type { StripeWish } from '../../billing/takeover.js';
import { invalidRequest, Problem, type Fault } from '../errors/problem.js';
import { shown } from '../http/inspect.js';
import type { CustomerRequest } from '../schemas/customer.js';

/** What a PUT names of Stripe's: a customer to be linked, a subscription to be taken over. */

type Named = Pick<CustomerRequest, 'stripeCustomerId' | 'stripeSubscriptionId' | 'anchor'>;

/** Where a refusal of Stripe's objects points to. */
export function pointerOf({ stripeSubscriptionId }: Named): string {
  return stripeSubscriptionId === undefined ? '/stripeCustomerId' : '/stripeSubscriptionId';
}

/**
 * What is to be taken over, null: nothing, or it stands already. `plan`: the one that the
 * customer is to be on.
 * @throws Problem `conflict` where something else stands, `invalid_request` for a plan or an
 * anchor that do not fit.
 */
export function wishOf(
  state: CustomerState | null,
  request: Named,
  plan: PlanSnapshot | null,
): StripeWish | null {
  const { stripeCustomerId, stripeSubscriptionId } = request;
  const stands = state && stripeCustomerOf(state);
  if (stripeCustomerId !== undefined && stands && stripeCustomerId !== stands) {
    throw new Problem('conflict', `${state.key.customer} is billed as ${stands} at Stripe.`);
  }
  const running = state?.stripe?.subscription;
  if (stripeSubscriptionId !== undefined && running && stripeSubscriptionId !== running) {
    const detail = `${state.key.customer} has the subscription ${running}; cancel that first.`;
    throw new Problem('conflict', detail);
  }
  const subscription = running === undefined ? (stripeSubscriptionId ?? null) : null;
  if (subscription !== null) {
    checkTakeover(request, plan);
    return { customer: stripeCustomerId ?? stands, subscription };
  }
  if (stripeCustomerId === undefined || stripeCustomerId === stands) return null;
  return { customer: stripeCustomerId, subscription: null };
}

function checkTakeover({ anchor }: Named, plan: PlanSnapshot | null): void {
  const faults: Fault[] = [];
  if (anchor !== undefined) {
    const detail = `the subscription brings its own anchor; ${shown(anchor)} was given.`;
    faults.push({ detail, pointer: '/anchor' });
  }
  if (!plan || !isPriced(plan)) {
    const what = plan ? `${planKey(plan)} bills nothing` : 'there is no plan to bill it by';
    faults.push({ detail: `${what}: name one with prices.`, pointer: '/plan' });
  }
  if (faults.length > 0) throw invalidRequest(faults);
}

/** The plan that a known customer is on or comes to; null: none, for one who has left. */
export function planFor(state: CustomerState, wanted: PlanSnapshot | null): PlanSnapshot | null {
  return wanted ?? (state.status === 'canceled' ? null : planInForce(state));
}
