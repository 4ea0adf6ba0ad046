/** `pro` or `pro@2`, as requests and DURABILL_DEFAULT_PLAN name a plan. */
export interface PlanWish {
  readonly id: string;
  /** Null: the newest version, for a customer new to the plan. */
  readonly version: number | null;
}

const SHAPE = /^([A-Za-z0-9_-]{1,64})(?:@([1-9]\d{0,8}))?$/;

/** What a fault says a plan's name must be. */
export const PLAN_NAME_RULE = 'must be a plan such as "pro", or one version such as "pro@2"';

/** The wish, or null for anything else. */
export function parsePlanName(text: string): PlanWish | null {
  const found = SHAPE.exec(text);
  if (!found?.[1]) return null;
  return { id: found[1], version: found[2] === undefined ? null : Number(found[2]) };
}
