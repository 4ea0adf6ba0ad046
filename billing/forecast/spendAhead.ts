import { balanceAt } from '../credits/balance.js';
import { baseOf, sumMinor } from '../customer/invoice/prediction.js';
import { billedUnits } from '../customer/reporting/reporting.js';
import { snapshotOf } from '../customer/periods/segments.js';
import { add, fromWhole } from '../decimal.js';
import { costOf, highestCostOf } from '../limits/cost.js';
import { type PricedRule, rulebookOf } from '../limits/rulebook.js';
import { CREDITS_METER } from '../quantity.js';
import type { CustomerState, Segment } from '../state.js';
import { paceOf } from './keepPace.js';
import { growth, recentPace, type RecentPace } from './recentPace.js';

/** What a period will have cost after so many more minutes, by the rating of invoices. */

/** Which of the paces goes on. */
export type Course = keyof RecentPace;

/** One priced meter of a period, and how fast it grows. */
interface GrowingMeter {
  readonly rule: PricedRule;
  /** Units that are billed as things are; micro-credits of credits. */
  readonly billed: number;
  /** Growth up to here costs nothing: credits that are still in the account. */
  readonly covered: number;
  readonly pace: RecentPace;
}

/** The pace of a meter in a customer's recent days; `max` and `last` meters stand still. */
export function paceOfMeter(state: CustomerState, meter: string, nowMs: number): RecentPace {
  const days = paceOf(state.pace.days, meter);
  return recentPace(days, state.firstPeriodStartMs ?? nowMs, nowMs);
}

function growingMeters(state: CustomerState, segment: Segment, nowMs: number): GrowingMeter[] {
  return rulebookOf(snapshotOf(state, segment.plan)).prices.map((rule) => ({
    rule,
    billed: billedUnits(state, segment, rule.id),
    covered: rule.id === CREDITS_METER ? balanceAt(state.credits, nowMs) : 0,
    pace: paceOfMeter(state, rule.id, nowMs),
  }));
}

function unitsAhead({ billed, covered, pace }: GrowingMeter, course: Course, minutes: number) {
  return billed + Math.max(0, growth(pace[course], minutes) - covered);
}

/** What a period comes to later on, each an exact decimal of whole minor units, base included. */
export interface SpendAhead {
  /** As an invoice would have it, were that pace to go on for so many whole minutes. */
  readonly at: (course: Course, minutes: number) => string;
  /** The most it can have come to by then at the expected pace: volume prices can fall. */
  readonly most: (minutes: number) => string;
}

/** Forecasts of a period's spend from `nowMs` on; none fails because a pace is absurd. */
export function spendAhead(state: CustomerState, segment: Segment, nowMs: number): SpendAhead {
  const base = fromWhole(sumMinor(baseOf(state, segment)));
  const growing = growingMeters(state, segment, nowMs);
  return {
    at: (course, minutes) =>
      growing
        .map((each) => costOf(each.rule, unitsAhead(each, course, minutes), 'invoiced'))
        .reduce(add, base),
    most: (minutes) =>
      growing
        .map((each) => highestCostOf(each.rule, unitsAhead(each, 'expected', minutes), 'invoiced'))
        .reduce(add, base),
  };
}
