import type { LimitContext, LimitStanding } from '../limits/context.js';
import { includedStanding } from '../limits/moneyStanding.js';
import type { LimitRule, Rulebook } from '../limits/rulebook.js';
import { standingOf, viewOf } from '../limits/standing.js';
import type { PeriodBounds } from '../period.js';
import { windowBounds } from '../windows/calendar.js';
import { type Alert, type AlertType, timeText } from './alert.js';
import { keysToLookAt } from './keys.js';
import { percentsReached, REACHED_PERCENT } from './percents.js';

/** Limits that usage approaches or has reached, once for each percentage and window. */

/** What a lifetime is as a window: JSON has no infinity. */
const LIFETIME: PeriodBounds = { startMs: 0, endMs: Number.MAX_SAFE_INTEGER };

/** Percentages at which `period` limits, `included` and the hard spend limit are told. */
export function alertPercents({ snapshot }: LimitContext): readonly number[] {
  return [...(snapshot.plan.alertsAtPercent ?? []), REACHED_PERCENT];
}

/**
 * Alerts of every limit in the order of the plan, of each key of its scope, then of each
 * `included`. A limit of another window than the period is told only if it is soft, when it is
 * reached.
 */
export function limitAlerts(context: LimitContext, rulebook: Rulebook): Alert[] {
  return [
    ...rulebook.limits.flatMap((rule) => alertsOfRule(context, rulebook, rule)),
    ...includedAlerts(context, rulebook),
  ];
}

function alertsOfRule(context: LimitContext, rulebook: Rulebook, rule: LimitRule): Alert[] {
  const isOfPeriod = rule.counter.window === 'period';
  if (rule.hard && !isOfPeriod) return [];
  const percents = isOfPeriod ? alertPercents(context) : [REACHED_PERCENT];
  const bounds = boundsOf(context, rule);
  return keysToLookAt(context, rule, Math.min(...percents)).flatMap((key) => {
    const standing = standingOf(context, rulebook, viewOf(context, rule, key));
    return alertsOfStanding(standing, percents, bounds);
  });
}

/** Of a sliding window: the calendar's own of that length, so that it is told once in each. */
function boundsOf({ period, zone, nowMs }: LimitContext, { counter }: LimitRule): PeriodBounds {
  const { window } = counter;
  if (window === 'lifetime') return LIFETIME;
  if (window === 'period') return period ?? LIFETIME;
  return windowBounds(window, zone, nowMs);
}

function includedAlerts(context: LimitContext, rulebook: Rulebook): Alert[] {
  const { period } = context;
  if (!period) return [];
  return rulebook.prices.flatMap((priced) => {
    if ((priced.price?.included ?? 0) === 0) return [];
    const enforcement = priced.price?.overage === 'block' ? 'hard' : 'soft';
    const standing = { ...includedStanding(context, rulebook, priced), enforcement } as const;
    return alertsOfStanding(standing, alertPercents(context), period);
  });
}

/** What a limit's standing has come to, ascending. */
export function alertsOfStanding(
  standing: LimitStanding,
  percents: readonly number[],
  { startMs, endMs }: PeriodBounds,
): Alert[] {
  const { id, scope, key, max, used, enforcement, resetsAtMs } = standing;
  const subject = scope === 'customer' ? id : `${id}/${key === null ? 'null' : `=${key}`}`;
  return percentsReached(String(used), String(max), percents).map((percent) => {
    const type: AlertType = percent < REACHED_PERCENT ? 'limit.approaching' : 'limit.reached';
    const details = {
      limit: id,
      scope,
      key,
      percent,
      max,
      used,
      ...(standing.amounts && { amounts: true }),
      enforcement,
      resetsAt: resetsAtMs === null ? null : timeText(resetsAtMs),
    };
    return { key: `${type}/${subject}/${startMs}/${percent}`, type, details, untilMs: endMs };
  });
}
