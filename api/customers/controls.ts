import { canonicalJson } from '../../billing/canonical.js';
import type { ControlsChange } from '../../billing/controls.js';
import { customerNow } from '../../billing/customer/clock.js';
import { changeControls } from '../../billing/customer/controlling.js';
import { customerBody } from '../../billing/customer/reads/standing.js';
import type { CustomerState } from '../../billing/state.js';
import { invalidRequest, type Fault } from '../errors/problem.js';
import { idempotencyKey } from '../http/idempotency.js';
import { pointerOf, shown } from '../http/inspect.js';
import { callerOf, operation, type Operation } from '../http/operation.js';
import { controlsRequestSchema } from '../schemas/controls.js';
import { customerPathSchema, customerSchema } from '../schemas/customer.js';
import type { ChangePorts } from './asking.js';
import { ceilingFault, limitRuleOf } from './ceilings.js';
import { requireCustomer } from './read.js';

/** PATCH of a customer's controls: what an operator sets goes before the plan. */

/** Faults of a change, judged against what stands. */
export function controlFaults(state: CustomerState, change: ControlsChange): readonly Fault[] {
  return [...limitFaults(state, change), ...spendFaults(state, change)];
}

/** A limit that the plan no longer has can still be emptied. */
function limitFaults(state: CustomerState, { limits = {} }: ControlsChange): Fault[] {
  return Object.entries(limits).flatMap(([id, max]) => {
    const pointer = pointerOf(['limits', id]);
    const rule = limitRuleOf(state, id);
    const known = rule !== null || (max === null && Object.hasOwn(state.controls.limits, id));
    if (!known) return [{ detail: `The plan has no limit ${shown(id)}.`, pointer }];
    const fault = rule && ceilingFault(rule, max);
    return fault ? [{ detail: `limits.${id}: ${fault}`, pointer }] : [];
  });
}

/** A warning that comes after the stop warns nobody. */
function spendFaults({ controls }: CustomerState, { spend }: ControlsChange): Fault[] {
  const after = changeControls(controls, { spend: spend ?? {} }, 0).spend;
  const { softAmountMinor: soft, hardAmountMinor: hard } = after;
  if (!spend || soft === undefined || hard === undefined || hard >= soft) return [];
  const givesHard = typeof spend.hardAmountMinor === 'number';
  const name = givesHard ? 'hardAmountMinor' : 'softAmountMinor';
  const detail = `spend: the hard amount must not be below the soft one; ${hard} and ${soft} are.`;
  return [{ detail, pointer: pointerOf(['spend', name]) }];
}

function changesNothing({ controls }: CustomerState, change: ControlsChange): boolean {
  return canonicalJson(changeControls(controls, change, 0)) === canonicalJson(controls);
}

/** Declares the operation. */
export function changeControlsOperation(ports: ChangePorts): Operation {
  return operation({
    method: 'patch',
    path: '/v1/customers/{id}/controls',
    name: 'changeControls',
    summary: 'Kill switch, own spend limits and ceilings, freeze; acts before it answers',
    tag: 'Customers',
    access: 'secret',
    idempotent: true,
    pathSchema: customerPathSchema,
    bodySchema: controlsRequestSchema,
    answers: { 200: { description: 'The customer as it is now', schema: customerSchema } },
    problems: ['invalid_request', 'not_found', 'idempotency_key_reused', 'unavailable'],
    async handle(call) {
      const { body: change } = call;
      const state = await requireCustomer(ports, callerOf(call).mode, call.path.id);
      const faults = controlFaults(state, change);
      if (faults.length > 0) throw invalidRequest(faults);
      const name = idempotencyKey(call.header('idempotency-key'));
      const atMs = customerNow(state, ports.now());
      const command = { type: 'controls', change, atMs } as const;
      const number = changesNothing(state, change)
        ? state.mark
        : await ports.asking.command(state.key, name, command, { controls: change });
      const acted = await ports.asking.acted(state.key, number, call.gone);
      return { status: 200, body: customerBody(acted, ports.now()) };
    },
  });
}
