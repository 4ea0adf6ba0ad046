import { z } from 'zod';
import { timeText } from '../../billing/alerts/alert.js';
import type { PlanSnapshot } from '../../billing/catalogue.js';
import type { Command } from '../../billing/command.js';
import { customerNow } from '../../billing/customer/clock.js';
import { planPreview } from '../../billing/customer/plans/planPreview.js';
import { isPriced, planInForce, planKey } from '../../billing/customer/periods/segments.js';
import { endableFromMs } from '../../billing/customer/plans/turns.js';
import { customerBody } from '../../billing/customer/reads/standing.js';
import type { CustomerState } from '../../billing/state.js';
import { invalidRequest, Problem, unavailable } from '../errors/problem.js';
import { idempotencyKey } from '../http/idempotency.js';
import { shown } from '../http/inspect.js';
import { callerOf, operation, type Operation } from '../http/operation.js';
import type { Catalogues } from '../reading/catalogues.js';
import {
  cancelRequestSchema,
  customerPathSchema,
  customerSchema,
  planRequestSchema,
} from '../schemas/customer.js';
import { planPreviewSchema } from '../schemas/invoice.js';
import type { ChangePorts } from './asking.js';
import type { CustomerWriter } from './put.js';
import { requireCustomer } from './read.js';
import { publishedPlan, refusalOf, SETTLE_LIMIT_MS, settledAt } from './settling.js';
import type { SettlingPorts } from './settling.js';

/** Changes of plan, cancellation, and what undoes what is scheduled (CONTRACT §3.1). */

/** What these operations stand on. */
export interface PlanPorts extends ChangePorts, SettlingPorts {
  readonly catalogues: Catalogues;
  readonly writer: CustomerWriter;
}

const ANSWERS = {
  200: { description: 'The customer as it is now', schema: customerSchema },
} as const;

/** Writes the command once and waits until all of it is done, at Stripe too. */
export async function settle(
  ports: PlanPorts,
  state: CustomerState,
  command: Command,
  name: string | null,
  gone: AbortSignal,
): Promise<CustomerState> {
  const { atMs: _at, ...asked } = { atMs: 0, ...command };
  const number = await ports.asking.command(state.key, name, command, asked);
  const settled = await settledAt(ports, state.key, number, { limitMs: SETTLE_LIMIT_MS, gone });
  const refusal = refusalOf(settled, number);
  if (refusal) throw refusal;
  return settled;
}

/** The Idempotency-Key of a call, and when its caller is gone. */
function asOf(call: { readonly gone: AbortSignal; header(name: string): string | undefined }) {
  return [idempotencyKey(call.header('idempotency-key')), call.gone] as const;
}

/** A change that waits needs a period, and no trial before a plan that is billed. */
function checkScheduled(state: CustomerState, plan: PlanSnapshot | null): void {
  const { status } = state;
  if (status === 'canceled' || status === 'incomplete') {
    const detail = `${state.key.customer} is ${status}: it has no period that could end.`;
    throw new Problem('conflict', detail);
  }
  const now = planInForce(state);
  if (!plan || !now || !isPriced(plan) || !isPriced(now)) return;
  if (status === 'trialing') {
    // Stripe charges at a trial's end what its items say, before they could be others.
    const when = `possible now, or once the trial of ${planKey(now)} is over`;
    const detail = `A change to ${planKey(plan)} is ${when}.`;
    throw invalidRequest([{ detail, pointer: '/when' }]);
  }
}

/** Stripe would end the period before: refused in the seconds before it has begun this one. */
function checkBegun(state: CustomerState, plan: PlanSnapshot | null, atMs: number): void {
  const fromMs = endableFromMs(state, plan, atMs);
  if (fromMs === null) return;
  const detail = `Stripe begins the period that could be the last at ${timeText(fromMs)}.`;
  throw unavailable(detail, undefined, Math.ceil((fromMs - atMs) / 1000));
}

function changePlan(ports: PlanPorts): Operation {
  return operation({
    method: 'post',
    path: '/v1/customers/{id}/plan',
    name: 'changePlan',
    summary: 'Another plan, now or at the end of the period',
    tag: 'Customers',
    access: 'secret',
    idempotent: true,
    pathSchema: customerPathSchema,
    bodySchema: planRequestSchema,
    answers: {
      200: {
        description: 'The customer as it is now; with `preview` what the change would bill',
        schema: z.union([customerSchema, planPreviewSchema]),
      },
    },
    problems: ['invalid_request', 'not_found', 'payment_required', 'conflict', 'unavailable'],
    async handle(call) {
      const { mode } = callerOf(call);
      const { plan: name, when } = call.body;
      const state = await requireCustomer(ports, mode, call.path.id);
      const plan = await publishedPlan(ports.catalogues, mode, name);
      if (call.body.preview) {
        if (when === 'periodEnd') checkScheduled(state, plan);
        const nowMs = customerNow(state, ports.now());
        return { status: 200, body: planPreview(state, plan, when, nowMs) };
      }
      if (when === 'now') {
        const done = await ports.writer.put(mode, call.path.id, { plan: name }, call.gone);
        return { status: 200, body: customerBody(done.state, ports.now()) };
      }
      checkScheduled(state, plan);
      const atMs = customerNow(state, ports.now());
      checkBegun(state, plan, atMs);
      const changed = await settle(ports, state, { type: 'schedule', plan, atMs }, ...asOf(call));
      return { status: 200, body: customerBody(changed, ports.now()) };
    },
  });
}

/** The plan that follows a cancellation: one that bills nothing. */
async function followingPlan(
  ports: PlanPorts,
  mode: CustomerState['key']['mode'],
  name: string | undefined,
): Promise<PlanSnapshot | null> {
  if (name === undefined) return null;
  const plan = await publishedPlan(ports.catalogues, mode, name, '/then');
  if (!isPriced(plan)) return plan;
  const detail = `then: ${shown(name)} has prices; change to it by POST …/plan.`;
  throw invalidRequest([{ detail, pointer: '/then' }]);
}

function cancelCustomer(ports: PlanPorts): Operation {
  return operation({
    method: 'post',
    path: '/v1/customers/{id}/cancel',
    name: 'cancelCustomer',
    summary: 'Cancel now or at the end of the period, with the plan that follows',
    tag: 'Customers',
    access: 'secret',
    idempotent: true,
    pathSchema: customerPathSchema,
    bodySchema: cancelRequestSchema,
    answers: ANSWERS,
    problems: ['invalid_request', 'not_found', 'conflict', 'unavailable'],
    async handle(call) {
      const { mode } = callerOf(call);
      const state = await requireCustomer(ports, mode, call.path.id);
      const next = await followingPlan(ports, mode, call.body.then);
      const atMs = customerNow(state, ports.now());
      if (call.body.when === 'periodEnd') {
        checkScheduled(state, next);
        checkBegun(state, next, atMs);
      }
      const command: Command =
        call.body.when === 'now'
          ? { type: 'cancel', next, atMs }
          : { type: 'schedule', plan: next, atMs };
      const changed = await settle(ports, state, command, ...asOf(call));
      return { status: 200, body: customerBody(changed, ports.now()) };
    },
  });
}

function resumeCustomer(ports: PlanPorts): Operation {
  return operation({
    method: 'post',
    path: '/v1/customers/{id}/resume',
    name: 'resumeCustomer',
    summary: 'Undo what is scheduled',
    tag: 'Customers',
    access: 'secret',
    idempotent: true,
    pathSchema: customerPathSchema,
    bodySchema: z.strictObject({}).optional(),
    answers: ANSWERS,
    problems: ['invalid_request', 'not_found', 'unavailable'],
    async handle(call) {
      const state = await requireCustomer(ports, callerOf(call).mode, call.path.id);
      const atMs = customerNow(state, ports.now());
      const resumed = await settle(ports, state, { type: 'unschedule', atMs }, ...asOf(call));
      return { status: 200, body: customerBody(resumed, ports.now()) };
    },
  });
}

/** Operations that change a customer's plan. */
export function planOperations(ports: PlanPorts): Operation[] {
  return [changePlan(ports), cancelCustomer(ports), resumeCustomer(ports)];
}
