import { balanceAt } from '../credits/balance.js';
import { compare, multiply } from '../decimal.js';
import { defaultSoftAmount } from '../forecast/spike.js';
import { NO_DEMAND, spendBy } from '../limits/billed.js';
import type { LimitContext, LimitStanding } from '../limits/context.js';
import { costOf } from '../limits/cost.js';
import type { Rulebook } from '../limits/rulebook.js';
import type { PeriodBounds } from '../period.js';
import { paysInCredits } from '../planMeters.js';
import { creditsOf, microCreditsOf } from '../quantity.js';
import type { Alert } from './alert.js';
import { alertPercents, alertsOfStanding } from './limitAlerts.js';
import { percentsReached, REACHED_PERCENT } from './percents.js';

/** What the open period costs, and what is left of credits. */

/** Spend as an invoice would have it. */
const AS_INVOICED = { cost: costOf, costing: 'invoiced' } as const;

/** Credits are low below this part of the period's grant. */
export const LOW_PERCENT = 20;

/**
 * Alerts of what the open period comes to: of the hard spend limit at each percentage, then of the
 * soft amount: the controls', else the plan's, else 80 % of the median of the last three periods.
 */
export function spendAlerts(
  context: LimitContext,
  rulebook: Rulebook,
  closedSpendMinor: readonly number[],
): Alert[] {
  const { period, controls } = context;
  const { spend } = context.snapshot.plan;
  const hard = controls.spend.hardAmountMinor ?? spend?.hardAmountMinor;
  const usual = defaultSoftAmount(closedSpendMinor) ?? undefined;
  const soft = controls.spend.softAmountMinor ?? spend?.softAmountMinor ?? usual;
  if (!period || (hard === undefined && soft === undefined)) return [];
  const accrued = spendBy(AS_INVOICED, context, rulebook, NO_DEMAND, 'alone');
  return [
    ...(hard === undefined ? [] : hardAlerts(context, period, accrued, hard)),
    ...(soft === undefined ? [] : softAlerts(period, accrued, soft)),
  ];
}

function hardAlerts(
  context: LimitContext,
  period: PeriodBounds,
  used: string,
  max: number,
): Alert[] {
  const standing: LimitStanding = {
    id: 'spend',
    scope: 'customer',
    key: null,
    max,
    used,
    held: '0',
    remaining: '0',
    amounts: true,
    enforcement: 'hard',
    resetsAtMs: period.endMs,
  };
  return alertsOfStanding(standing, alertPercents(context), period);
}

function softAlerts({ startMs, endMs }: PeriodBounds, accrued: string, soft: number): Alert[] {
  if (percentsReached(accrued, String(soft), [REACHED_PERCENT]).length === 0) return [];
  const details = { softAmountMinor: soft, accruedAmountMinor: accrued };
  const key = `spend.softReached/${startMs}`;
  return [{ key, type: 'spend.softReached', details, untilMs: endMs }];
}

/**
 * Alerts of a plan that pays in credits: one when less than 20 % of the period's grant is left,
 * one at zero. Without a grant: at zero alone, and only of customers who ever had credits.
 */
export function creditAlerts({ snapshot, credits, period, nowMs }: LimitContext): Alert[] {
  if (!period || !paysInCredits(snapshot.plan)) return [];
  const left = balanceAt(credits, nowMs);
  const grant = snapshot.plan.creditGrant?.amount ?? null;
  const isLow = grant !== null && isBelow(left, microCreditsOf(grant));
  const isSpent = left === 0 && credits.totals.in > 0;
  const percents = [...(isLow ? [LOW_PERCENT] : []), ...(isSpent ? [0] : [])];
  return percents.map((percent) => ({
    key: `credits.low/${period.startMs}/${percent}`,
    type: 'credits.low',
    details: { balance: creditsOf(left), grant, percent },
    untilMs: period.endMs,
  }));
}

function isBelow(left: number, grant: number): boolean {
  return compare(multiply(String(left), '100'), multiply(String(grant), String(LOW_PERCENT))) < 0;
}
