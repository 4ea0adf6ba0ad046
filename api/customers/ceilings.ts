import { customerBody, limitBody, type LimitBody } from '../../billing/customer/reads/standing.js';
import { customerNow } from '../../billing/customer/clock.js';
import { planInForce } from '../../billing/customer/periods/segments.js';
import { CREDITS_MAX } from '../../billing/faults/fault.js';
import { reachedAt } from '../../billing/forecast/reachedAt.js';
import { contextOf } from '../../billing/limits/contextOf.js';
import { scopeKey } from '../../billing/limits/counter.js';
import { rulebookOf, type LimitRule } from '../../billing/limits/rulebook.js';
import { standingsOf } from '../../billing/limits/standings.js';
import type { CustomerState } from '../../billing/state.js';
import { invalidRequest, Problem } from '../errors/problem.js';
import { idempotencyKey } from '../http/idempotency.js';
import { shown } from '../http/inspect.js';
import { callerOf, operation, type Operation } from '../http/operation.js';
import {
  ceilingPathSchema,
  ceilingRequestSchema,
  ceilingSchema,
  keyOf,
} from '../schemas/controls.js';
import type { ChangePorts } from './asking.js';
import { requireCustomer } from './read.js';

/** PUT of one user's, team's or key's own ceiling. */

/** Own ceilings of one customer: they travel with its state. */
export const CEILINGS_MAX = 10_000;

const PROPERTY = 'property:';

/** The limit of the plan in force that has this id; null: none. */
export function limitRuleOf(state: CustomerState, id: string): LimitRule | null {
  const snapshot = planInForce(state);
  return (snapshot && rulebookOf(snapshot).limits.find((rule) => rule.id === id)) ?? null;
}

/** Why a limit can't have this ceiling, in words; null when it can. Credits end earlier. */
export function ceilingFault({ counter }: LimitRule, max: number | null): string | null {
  if (max === null || counter.scale === 1 || max <= CREDITS_MAX) return null;
  return `credits go up to ${CREDITS_MAX}; ${max} was given.`;
}

/** The limit by itself, for one key of its scope. */
function limitOf(
  state: CustomerState,
  { id, counter }: LimitRule,
  key: string | null,
  nowMs: number,
): LimitBody | null {
  const named = counter.scope.slice(PROPERTY.length);
  const properties = key === null ? {} : { [named]: key };
  const of = counter.scope === 'user' ? { user: key } : { properties };
  const found = standingsOf(contextOf(state, nowMs), of).find((standing) => standing.id === id);
  return found ? limitBody(found, reachedAt(state, found, nowMs)) : null;
}

/** The ceiling that the key has by itself; null: none. */
function ownCeiling({ controls }: CustomerState, limit: string, key: string | null): number | null {
  const { ceilings } = controls;
  const own = Object.hasOwn(ceilings, limit) ? (ceilings[limit] ?? {}) : {};
  const name = scopeKey(key);
  return Object.hasOwn(own, name) ? (own[name] ?? null) : null;
}

function ceilingCount({ controls }: CustomerState): number {
  const counts = Object.values(controls.ceilings).map((own) => Object.keys(own).length);
  return counts.reduce((sum, count) => sum + count, 0);
}

interface Asked {
  readonly limit: string;
  readonly key: string | null;
  readonly max: number | null;
}

/** @throws Problem for a limit that is not there, has no keys, or can't have this ceiling. */
function checkAsked(state: CustomerState, rule: LimitRule | null, asked: Asked): void {
  const { limit, max } = asked;
  if (!rule) {
    if (max === null && ownCeiling(state, limit, asked.key) !== null) return;
    const { customer } = state.key;
    throw new Problem('not_found', `The plan of ${customer} has no limit ${shown(limit)}.`);
  }
  if (rule.counter.scope === 'customer') {
    const why = `${limit} is a limit of the whole customer and has no keys`;
    const detail = `${why}; set it by PATCH of its controls: limits.${limit}.`;
    throw invalidRequest([{ detail, parameter: 'limit' }]);
  }
  const fault = ceilingFault(rule, max);
  if (fault) throw invalidRequest([{ detail: `max: ${fault}`, pointer: '/max' }]);
}

/** The number up to which the log says what was asked. */
async function writeCeiling(
  ports: ChangePorts,
  state: CustomerState,
  asked: Asked,
  name: string | null,
): Promise<number> {
  const own = ownCeiling(state, asked.limit, asked.key);
  if (own === asked.max) return state.mark;
  if (own === null && ceilingCount(state) >= CEILINGS_MAX) {
    const { customer } = state.key;
    throw new Problem('conflict', `${customer} has ${CEILINGS_MAX} own ceilings already.`);
  }
  return ports.asking.command(state.key, name, { type: 'ceiling', ...asked });
}

/** Declares the operation. */
export function putCeiling(ports: ChangePorts): Operation {
  return operation({
    method: 'put',
    path: '/v1/customers/{id}/limits/{limit}/{key}',
    name: 'putCeiling',
    summary: 'Give one user, team or key its own ceiling; acts before it answers',
    tag: 'Customers',
    access: 'secret',
    idempotent: true,
    pathSchema: ceilingPathSchema,
    bodySchema: ceilingRequestSchema,
    answers: {
      200: { description: 'The customer; `limit`: where that key stands', schema: ceilingSchema },
    },
    problems: ['invalid_request', 'not_found', 'conflict', 'idempotency_key_reused', 'unavailable'],
    async handle(call) {
      const { id, limit } = call.path;
      const state = await requireCustomer(ports, callerOf(call).mode, id);
      const asked = { limit, key: keyOf(call.path.key), max: call.body.max };
      const rule = limitRuleOf(state, limit);
      checkAsked(state, rule, asked);
      const name = idempotencyKey(call.header('idempotency-key'));
      const number = await writeCeiling(ports, state, asked, name);
      const acted = await ports.asking.acted(state.key, number, call.gone);
      const nowMs = customerNow(acted, ports.now());
      const standing = rule && limitOf(acted, rule, asked.key, nowMs);
      return { status: 200, body: { ...customerBody(acted, ports.now()), limit: standing } };
    },
  });
}
