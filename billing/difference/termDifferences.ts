import type { Plan } from '../catalogue.js';
import { at } from '../faults/fault.js';
import { formatMinor } from '../money.js';
import {
  type Difference,
  type DifferenceKind,
  moreIsBetter,
  type PlanChange,
  planDifference,
  type PlanSide,
} from './difference.js';
import { listWords } from './wording.js';

/** Trial, failed payments, spend limits, alerts. */
export function termDifferences(change: PlanChange): Difference[] {
  return [
    ...trialDifferences(change),
    ...pastDueDifferences(change),
    ...spendDifferences(change),
    ...alertDifferences(change),
  ];
}

function trialDifferences(change: PlanChange): Difference[] {
  const path = at(change.path, 'trial');
  const [was, is] = [change.before.plan.trial, change.after.plan.trial];
  const [days, daysNow] = [was?.days ?? 0, is?.days ?? 0];
  const told: Difference[] = [];
  if (days !== daysNow) {
    const text = `${days} → ${daysNow} days of trial`;
    told.push(planDifference(change, at(path, 'days'), moreIsBetter(days, daysNow), text));
  }
  const [card, cardNow] = [was?.cardRequired ?? false, is?.cardRequired ?? false];
  if (card !== cardNow) {
    const text = cardNow ? 'a trial now needs a card' : 'a trial no longer needs a card';
    const kind = cardNow ? 'worse' : 'better';
    told.push(planDifference(change, at(path, 'cardRequired'), kind, text));
  }
  return told;
}

function pastDueDifferences(change: PlanChange): Difference[] {
  const { before, after } = change;
  const path = at(change.path, 'pastDue');
  const [was, is] = [before.plan.pastDue, after.plan.pastDue];
  const told: Difference[] = [];
  const [days, daysNow] = [was?.graceDays ?? 0, is?.graceDays ?? 0];
  if (days !== daysNow) {
    const text = `${days} → ${daysNow} days of grace after a failed payment`;
    told.push(planDifference(change, at(path, 'graceDays'), moreIsBetter(days, daysNow), text));
  }
  if (was?.then !== is?.then) {
    const text = `after them: ${thenWords(before.plan)} → ${thenWords(after.plan)}`;
    const kind = thenKind(was?.then, is?.then);
    told.push(planDifference(change, at(path, 'then'), kind, text));
  }
  return told;
}

function thenWords({ pastDue }: Plan): string {
  if (pastDue === undefined) return 'nothing said';
  if (pastDue.then === 'block') return 'use is blocked';
  return pastDue.then === 'allow' ? 'use goes on' : `the plan ${pastDue.then}`;
}

/** Blocked is the worst and allowed the best; another plan lies between them. */
function thenKind(was: string | undefined, is: string | undefined): DifferenceKind {
  if (was === undefined || is === undefined) return 'other';
  return moreIsBetter(thenRank(was), thenRank(is));
}

function thenRank(then: string): number {
  if (then === 'block') return 0;
  return then === 'allow' ? 2 : 1;
}

/** A ceiling on money protects one customer and stops another: neither better nor worse. */
function spendDifferences(change: PlanChange): Difference[] {
  const path = at(change.path, 'spend');
  const fields = [
    ['softAmountMinor', 'an alert at', 'spent in a billing period'],
    ['hardAmountMinor', 'no more than', 'spent in a billing period'],
  ] as const;
  return fields.flatMap(([field, before, behind]) => {
    const was = ceiling(change.before, field);
    const is = ceiling(change.after, field);
    if (was === is) return [];
    const text = `${before} ${was} → ${is} ${behind}`;
    return [planDifference(change, at(path, field), 'other', text)];
  });
}

function ceiling(
  { plan, currency }: PlanSide,
  field: 'softAmountMinor' | 'hardAmountMinor',
): string {
  const amountMinor = plan.spend?.[field];
  return amountMinor === undefined ? '(not set)' : formatMinor(String(amountMinor), currency);
}

function alertDifferences(change: PlanChange): Difference[] {
  const told: Difference[] = [];
  const [was, is] = [change.before, change.after].map(({ plan }) => percentWords(plan));
  if (was !== is) {
    const text = `alerts at ${was} → ${is}`;
    told.push(planDifference(change, at(change.path, 'alertsAtPercent'), 'other', text));
  }
  const breaker = change.after.plan.breaker;
  if (breaker !== change.before.plan.breaker) {
    const text = `sudden bursts of use ${breaker === false ? 'no longer ' : ''}stop for a check`;
    told.push(planDifference(change, at(change.path, 'breaker'), 'other', text));
  }
  return told;
}

function percentWords({ alertsAtPercent = [] }: Plan): string {
  return listWords([...alertsAtPercent].sort((a, b) => a - b).map((percent) => `${percent} %`));
}
