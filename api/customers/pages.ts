import { z } from 'zod';
import type { PageAsk } from '../../billing/arrangement.js';
import { customerNow } from '../../billing/customer/clock.js';
import { instantText } from '../../billing/customer/invoice/invoicing.js';
import { isPriced, planKey } from '../../billing/customer/periods/segments.js';
import type { CustomerState } from '../../billing/state.js';
import { invalidRequest, Problem, unavailable } from '../errors/problem.js';
import { idempotencyKey } from '../http/idempotency.js';
import { callerOf, operation, type Operation } from '../http/operation.js';
import {
  checkoutRequestSchema,
  customerPathSchema,
  portalRequestSchema,
} from '../schemas/customer.js';
import { settle, type PlanPorts } from './plan.js';
import { requireCustomer } from './read.js';
import { publishedPlan } from './settling.js';

/** Links to Stripe's own pages: Checkout and the billing portal (CONTRACT §3.1). */

const pageSchema = z
  .object({ url: z.string(), expiresAt: z.string().nullable().optional() })
  .meta({ id: 'Page' });

const ANSWERS = { 200: { description: 'Where to send the customer', schema: pageSchema } } as const;

interface Call {
  readonly gone: AbortSignal;
  header(name: string): string | undefined;
}

/** Asks for a page and answers where it is. A repeat under one key is answered by the same. */
async function opened(ports: PlanPorts, state: CustomerState, ask: PageAsk, call: Call) {
  const atMs = customerNow(state, ports.now());
  const name = idempotencyKey(call.header('idempotency-key'));
  const { openPage } = await settle(ports, state, { type: 'page', ask, atMs }, name, call.gone);
  if (!openPage) throw unavailable(`${state.key.customer} has no page at Stripe yet; ask again.`);
  return openPage;
}

function checkout(ports: PlanPorts): Operation {
  return operation({
    method: 'post',
    path: '/v1/customers/{id}/checkout',
    name: 'openCheckout',
    summary: "A link to Stripe's Checkout; the plan begins when Stripe says paid",
    tag: 'Customers',
    access: 'secret',
    idempotent: true,
    pathSchema: customerPathSchema,
    bodySchema: checkoutRequestSchema,
    answers: ANSWERS,
    problems: ['invalid_request', 'not_found', 'conflict', 'unavailable'],
    async handle(call) {
      const { mode } = callerOf(call);
      const { plan: name, successUrl, cancelUrl } = call.body;
      const state = await requireCustomer(ports, mode, call.path.id);
      const plan = await publishedPlan(ports.catalogues, mode, name);
      if (!isPriced(plan)) {
        const detail = `${planKey(plan)} bills nothing: PUT the customer on it.`;
        throw invalidRequest([{ detail, pointer: '/plan' }]);
      }
      if (state.stripe) {
        const detail = `${call.path.id} has a subscription; change it by POST …/plan.`;
        throw new Problem('conflict', detail);
      }
      const ask = { kind: 'checkout', plan, successUrl, cancelUrl } as const;
      const { url, expiresAtMs } = await opened(ports, state, ask, call);
      const expiresAt = expiresAtMs === null ? null : instantText(expiresAtMs);
      return { status: 200, body: { url, expiresAt } };
    },
  });
}

function portal(ports: PlanPorts): Operation {
  return operation({
    method: 'post',
    path: '/v1/customers/{id}/billing-portal',
    name: 'openBillingPortal',
    summary: "A link to Stripe's billing portal; what is changed there is adopted",
    tag: 'Customers',
    access: 'secret',
    idempotent: true,
    pathSchema: customerPathSchema,
    bodySchema: portalRequestSchema,
    answers: ANSWERS,
    problems: ['invalid_request', 'not_found', 'conflict', 'unavailable'],
    async handle(call) {
      const { returnUrl } = call.body;
      const state = await requireCustomer(ports, callerOf(call).mode, call.path.id);
      if (!state.stripe && !state.formerStripe && !state.openPage) {
        throw new Problem('conflict', `${call.path.id} has nothing at Stripe.`);
      }
      const { url } = await opened(ports, state, { kind: 'portal', returnUrl }, call);
      return { status: 200, body: { url } };
    },
  });
}

/** Operations that link to Stripe's pages. */
export function linkOperations(ports: PlanPorts): Operation[] {
  return [checkout(ports), portal(ports)];
}
