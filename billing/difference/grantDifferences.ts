import type { Plan } from '../catalogue.js';
import { canonical, compare } from '../decimal.js';
import { at } from '../faults/fault.js';
import { groupDigits } from '../money.js';
import { type Difference, moreIsBetter, type PlanChange, planDifference } from './difference.js';

/** Credits that a plan gives at each period's start, and how many may stay for the next. */
export function grantDifferences(change: PlanChange): Difference[] {
  const path = at(change.path, 'creditGrant');
  const amount = (plan: Plan) => canonical(plan.creditGrant?.amount ?? '0');
  const rollover = (plan: Plan) => canonical(plan.creditGrant?.rolloverMax ?? '0');
  return [
    ...creditDifference(change, at(path, 'amount'), amount, (credits) => {
      return `${credits} credits granted each ${change.after.plan.interval}`;
    }),
    ...creditDifference(change, at(path, 'rolloverMax'), rollover, (credits) => {
      return `up to ${credits} unused credits stay for the next ${change.after.plan.interval}`;
    }),
  ];
}

function creditDifference(
  change: PlanChange,
  path: string,
  creditsIn: (plan: Plan) => string,
  words: (credits: string) => string,
): Difference[] {
  const [was, is] = [creditsIn(change.before.plan), creditsIn(change.after.plan)];
  const order = compare(is, was);
  if (order === 0) return [];
  const text = words(`${groupCredits(was)} → ${groupCredits(is)}`);
  return [planDifference(change, path, moreIsBetter(0, order), text)];
}

/** Thousands set apart before the point alone: "1,000.5". */
function groupCredits(credits: string): string {
  const [whole = '0', fraction] = credits.split('.');
  return fraction === undefined ? groupDigits(whole) : `${groupDigits(whole)}.${fraction}`;
}
