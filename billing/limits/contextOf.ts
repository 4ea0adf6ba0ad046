import type { PlanSnapshot } from '../catalogue.js';
import { isBlocked } from '../customer/periods/grace.js';
import { planInForce } from '../customer/periods/segments.js';
import type { CustomerState, Segment } from '../state.js';
import type { LimitContext, OpenPeriod } from './context.js';

/** A customer that has no plan yet: its status refuses everything. */
const NO_PLAN: PlanSnapshot = {
  id: 'none',
  version: 0,
  revision: 0,
  currency: 'usd',
  meters: {},
  plan: { name: 'None', interval: 'month' },
};

/**
 * What limits look at, from a customer's state at an instant of its clock (ms). The open period is
 * that of the newest segment which has begun.
 */
export function contextOf(state: CustomerState, nowMs: number): LimitContext {
  return {
    snapshot: planInForce(state) ?? NO_PLAN,
    status: state.status,
    ...(isBlocked(state, nowMs) ? { isBlocked: true } : {}),
    controls: state.controls,
    zone: state.zone,
    period: openPeriod(state.segments, nowMs),
    counters: state.counters,
    credits: state.credits,
    pinned: state.holds.pinned,
    nowMs,
  };
}

function openPeriod(segments: readonly Segment[], nowMs: number): OpenPeriod | null {
  const open = segments.findLast(({ startMs }) => startMs <= nowMs) ?? segments[0];
  if (!open) return null;
  const { index, startMs, endMs, totals } = open;
  return { index, startMs, endMs, totals };
}
