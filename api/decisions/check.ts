import type { PropertyValue } from '../../billing/catalogue.js';
import { customerNow } from '../../billing/customer/clock.js';
import { planInForce } from '../../billing/customer/periods/segments.js';
import { contextOf } from '../../billing/limits/contextOf.js';
import type { Asked, Denial } from '../../billing/limits/context.js';
import { estimate } from '../../billing/limits/estimate.js';
import { judge } from '../../billing/limits/judge.js';
import { standingsOf } from '../../billing/limits/standings.js';
import { plainDenial, statusDenial } from '../../billing/limits/status.js';
import type { CustomerKey } from '../../billing/log.js';
import type { CustomerState } from '../../billing/state.js';
import { problemBody, unavailable } from '../errors/problem.js';
import type { Standings } from '../reading/standings.js';
import { denialProblem } from './denial.js';
import { decidedLimit, rateLimitHeaders } from './limits.js';

/** Whether something may run, and what it would cost; nothing is held (CONTRACT §3.3). */

/** What is asked about: quantities, or a feature of the plan by its name. */
export type Checked = Asked | { readonly feature: string };

/** Where the answer is sent: parts of the problem's body. */
export interface CheckCall {
  readonly origin: string;
  readonly requestId: string;
}

const NOTHING: Asked = { user: null, quantities: {}, properties: {} };

/** The answer of a check and its headers. */
export function checkAnswer(
  state: CustomerState,
  checked: Checked,
  realNowMs: number,
  { origin, requestId }: CheckCall,
) {
  const nowMs = customerNow(state, realNowMs);
  const context = contextOf(state, nowMs);
  const asked = 'feature' in checked ? NOTHING : checked;
  const denial =
    'feature' in checked ? featureDenial(state, checked.feature, nowMs) : judge(context, asked);
  const { user, properties } = asked;
  const limits = standingsOf(context, 'feature' in checked ? {} : { user, properties });
  const problem = denial && denialProblem(denial, nowMs);
  return {
    headers: { ...rateLimitHeaders(limits, nowMs), ...problem?.extras.headers },
    body: {
      allowed: denial === null,
      denial: problem && problemBody(problem, origin, requestId),
      limits: limits.map(decidedLimit),
      features: planInForce(state)?.plan.features ?? {},
      estimate: estimate(context, asked),
    },
  };
}

/** A feature runs where the plan has it and it is not false, 0 or empty. */
function featureDenial(state: CustomerState, feature: string, nowMs: number): Denial | null {
  const denial = statusDenial(contextOf(state, nowMs));
  if (denial) return denial;
  const plan = planInForce(state);
  const features = plan?.plan.features ?? {};
  if (Object.hasOwn(features, feature) && isOn(features[feature])) return null;
  return plainDenial(
    'not_in_plan',
    `Plan ${plan?.id}@${plan?.version} does not have the feature ${feature}.`,
    `Your plan does not include this: ${feature}.`,
    'upgrade',
  );
}

function isOn(value: PropertyValue | readonly PropertyValue[] | undefined): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

/**
 * The state that a check looks at. @throws Problem `unavailable` while the customer is being
 * made.
 */
export async function stateOf(standings: Standings, key: CustomerKey): Promise<CustomerState> {
  const state = await standings.fresh(key);
  if (state && planInForce(state)) return state;
  throw unavailable(`${key.customer} is being made.`);
}
