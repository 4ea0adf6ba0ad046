import { customerNow } from '../customer/clock.js';
import { openSegment, planInForce } from '../customer/periods/segments.js';
import { DAY_MS, floorMinute, periodBounds, periodIndexAt, type PeriodBounds } from '../period.js';
import type { CustomerState } from '../state.js';

/** Which periods of a customer say what another plan version would cost. */

/** A period counts when it ended within this time, ms. */
const LOOK_BACK_MS = 90 * DAY_MS;

/** Events dated before the first period count in it, and are at most 35 days older. */
const EARLIER_MS = 36 * DAY_MS;

/** Time whose usage counts in one period, ms, half-open. */
export interface ComparedPeriod extends PeriodBounds {
  /** Where its usage begins: for the first period ever, before its start. */
  readonly usageFromMs: number;
}

/**
 * Whole periods since the customer came to its plan that ended in the last 90 days of its own
 * clock, oldest first; before the first of them has ended, the open one so far. None without a
 * period, and none of a customer who has left.
 */
export function comparedPeriods(
  state: CustomerState,
  realNowMs: number,
): readonly ComparedPeriod[] {
  const snapshot = planInForce(state);
  if (!snapshot || state.segments.length === 0 || state.status === 'canceled') return [];
  const nowMs = customerNow(state, realNowMs);
  if (nowMs < state.anchorMs) return [beforeAnchor(state)];
  const { interval } = snapshot.plan;
  const open = periodIndexAt(state.anchorMs, interval, nowMs);
  const closed: ComparedPeriod[] = [];
  for (let index = open - 1; index >= 0; index -= 1) {
    const period = periodAt(state, interval, index);
    if (period.endMs <= nowMs - LOOK_BACK_MS) break;
    if (period.startMs < (state.firstPeriodStartMs ?? 0)) break;
    closed.unshift(period);
  }
  return closed.length > 0 ? closed : [periodAt(state, interval, open)];
}

/** A trial is a period of its own, up to the anchor. */
function beforeAnchor(state: CustomerState): ComparedPeriod {
  const { startMs, endMs } = openSegment(state);
  return { startMs, endMs, usageFromMs: startMs - EARLIER_MS };
}

/** The same bounds as its segment has: whole minutes. */
function periodAt(
  { anchorMs, firstPeriodStartMs }: CustomerState,
  interval: Parameters<typeof periodBounds>[1],
  index: number,
): ComparedPeriod {
  const exact = periodBounds(anchorMs, interval, index);
  const startMs = floorMinute(exact.startMs);
  const isFirst = startMs <= (firstPeriodStartMs ?? startMs);
  const usageFromMs = isFirst ? startMs - EARLIER_MS : startMs;
  return { startMs, endMs: floorMinute(exact.endMs), usageFromMs };
}
