import type { PlanSnapshot } from '../catalogue.js';
import { isPriced, planInForce, planKey } from '../customer/periods/segments.js';
import type { CustomerState } from '../state.js';

/** Who a migration moves, and who it leaves where they are. */

/**
 * Why a customer stays, the first that applies: `otherPlan`, not on the plan that migrates;
 * `trialing`, what it was promised begins when its trial ends;
 * `changeScheduled`, something else waits for its period's end; `changing`, Stripe has not
 * answered a change yet; `otherInterval`, the versions are billed by another interval and the
 * subscription goes on.
 */
export const STAY_REASONS = [
  'halted',
  'canceled',
  'incomplete',
  'otherPlan',
  'alreadyThere',
  'grandfathered',
  'trialing',
  'changing',
  'changeScheduled',
  'otherInterval',
] as const;

/** One of them. */
export type StayReason = (typeof STAY_REASONS)[number];

/** True once this very move waits for the end of the period. */
export function isMigratingTo({ scheduled }: CustomerState, to: PlanSnapshot): boolean {
  if (!scheduled?.migrates || !scheduled.plan) return false;
  return planKey(scheduled.plan) === planKey(to);
}

/** Why this customer is not moved to another version of its plan; null: it may be. */
export function whyItStays(state: CustomerState, to: PlanSnapshot): StayReason | null {
  return STAY_REASONS.find((reason) => APPLIES[reason](state, to)) ?? null;
}

const APPLIES: Readonly<
  Record<StayReason, (state: CustomerState, to: PlanSnapshot) => boolean>
> = {
  halted: ({ halted }) => halted !== null,
  canceled: ({ status }) => status === 'canceled',
  incomplete: ({ status, segments }) => status === 'incomplete' || segments.length === 0,
  otherPlan: ({ plan }, to) => plan?.id !== to.id,
  alreadyThere: ({ plan }, to) => plan?.version === to.version,
  grandfathered: ({ controls }) => controls.grandfathered,
  trialing: ({ status }) => status === 'trialing',
  changing: ({ pending, leaving }) => Boolean(pending ?? leaving),
  changeScheduled: (state, to) => Boolean(state.scheduled) && !isMigratingTo(state, to),
  otherInterval: (state, to) => {
    const now = planInForce(state);
    if (!now || !isPriced(now) || !isPriced(to)) return false;
    return now.plan.interval !== to.plan.interval;
  },
};
