import type { StripeLink } from '../../command.js';
import type { CustomerState, Segment } from '../../state.js';

/** What becomes of the periods so far where another plan begins. */

/** From when on the customer is on a plan. */
export interface PlanStart {
  /** Whole minute, ms. */
  readonly cutMs: number;
  /** Anchor of the plan's periods; null: the one in force goes on. */
  readonly anchorMs: number | null;
  /** Where a trial ends: the anchor then, and the first period ends there. Null: none. */
  readonly trialEndMs: number | null;
  readonly stripe: StripeLink | null;
  /** Whole periods between the anchor and the first one here; absent: it begins at the anchor. */
  readonly periods?: number;
}

/** What a start makes of the periods so far, each in order. */
export interface SortedPeriods {
  /** They began before it, or are of no time already. */
  readonly kept: readonly Segment[];
  /** They began in its minute, and Stripe has charged their base. */
  readonly charged: readonly Segment[];
  /** They never were. */
  readonly replaced: readonly Segment[];
}

/** See `SortedPeriods`. */
export function sorted(segments: readonly Segment[], start: PlanStart): SortedPeriods {
  const { cutMs } = start;
  const isKept = ({ startMs, endMs, frozen, stripe }: Segment) =>
    startMs < cutMs || (startMs === cutMs && (endMs === cutMs || (frozen && stripe !== null)));
  const others = segments.filter((segment) => !isKept(segment));
  const charged = others.filter((segment) => hasBegun(segment, start));
  return {
    kept: segments.filter(isKept),
    charged,
    replaced: others.filter((segment) => !charged.includes(segment)),
  };
}

/** True for a period of the same minute that had begun at Stripe before the plan changed there. */
function hasBegun(
  { startMs, stripe, trial }: Segment,
  { cutMs, anchorMs, stripe: link }: PlanStart,
): boolean {
  if (link === null || anchorMs === null || stripe === null || trial) return false;
  return startMs === cutMs && stripe.startSeconds * 1000 <= anchorMs;
}

/** It keeps no time and no usage: what is left of it is its base, to be given back. */
export function withoutTime(state: CustomerState, segment: Segment, start: PlanStart): Segment {
  const { close, plannedEndMs } = segment;
  const cut = endedAt(state, { ...segment, totals: {}, newest: {} }, start);
  return close ? { ...cut, plannedEndMs } : cut;
}

/**
 * Without Stripe, and in a trial, a period cut short has nothing to bill. Else Stripe bills no
 * more of it: all of it is an invoice of our own (DESIGN §6, Now). One that ends there anyway
 * stays.
 */
export function endedAt(state: CustomerState, segment: Segment, start: PlanStart): Segment {
  const { cutMs, anchorMs } = start;
  const endMs = Math.min(segment.endMs, cutMs);
  if (!segment.stripe || segment.trial) return { ...segment, endMs, frozen: true, stage: 'empty' };
  if (anchorMs === null || endsAnyway(segment, start)) return segment;
  const { startSeconds } = segment.stripe;
  return {
    ...segment,
    endMs,
    plannedEndMs: segment.endMs,
    stripe: { startSeconds, endSeconds: Math.floor(anchorMs / 1000) },
    close: 'final',
    stage: 'freeze',
    ...(state.stripe ? { link: state.stripe } : {}),
  };
}

/**
 * True where Stripe's own cycle ends it, or where its end stands in the log: not where the cycle
 * was to come later in the minute in which the plan changed at Stripe.
 */
function endsAnyway(
  { endMs, close, frozen, stripe }: Segment,
  { cutMs, anchorMs, stripe: link }: PlanStart,
): boolean {
  if (endMs > cutMs) return close !== undefined && frozen;
  if (close || !stripe || link === null || anchorMs === null) return true;
  return stripe.endSeconds * 1000 <= anchorMs;
}
