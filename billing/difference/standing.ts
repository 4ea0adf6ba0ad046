import { isDerivedCount, meterOf, sharedMeter } from '../branches.js';
import { paysInCredits } from '../planMeters.js';
import { CREDITS_METER } from '../quantity.js';
import type { PlanSide } from './difference.js';

/** How a plan deals with what a meter counts, as far as a customer cares. */
export type Standing = 'priced' | 'credits' | 'free' | 'absent';

/** Whether a plan prices some of what a meter counts, gives it free of charge, or lacks it. */
export function standingOf({ plan, meters }: PlanSide, id: string): Standing {
  const counted = (others: readonly string[]) =>
    others.some((other) => sharedMeter(meters, id, other) !== null);
  if (counted(Object.keys(plan.prices ?? {}).filter((other) => other !== CREDITS_METER))) {
    return 'priced';
  }
  if (paysInCredits(plan) && counted([CREDITS_METER])) return 'credits';
  const limited = (plan.limits ?? []).flatMap((limit) => limit.meters);
  const named = limited.filter((other) => {
    const meter = meterOf(meters, other);
    return meter !== undefined && !isDerivedCount(meter);
  });
  return counted([...(plan.unlimited ?? []), ...named]) ? 'free' : 'absent';
}

/** A standing in words, after the name of a meter. */
export const STANDING_WORDS: Readonly<Record<Standing, string>> = {
  priced: 'priced with others',
  credits: 'paid in credits',
  free: 'free',
  absent: 'not in the plan',
};
