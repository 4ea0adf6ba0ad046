import { reportedBranches } from '../branches.js';
import type { Limit } from '../catalogue.js';
import type { LimitContext } from '../limits/context.js';
import type { Quantities } from '../log.js';
import { windowBounds } from '../windows/calendar.js';
import type { SlidingWindow } from '../windows/sliding.js';
import { slidingBucket } from '../windows/sliding.js';

/** When the first of the windows ends that a hold is debited in. */

type BoundaryContext = Pick<LimitContext, 'snapshot' | 'zone' | 'period'>;

function debits(context: BoundaryContext, limit: Limit, quantities: Quantities): boolean {
  const { meters } = context.snapshot;
  return limit.meters.some(
    (id) =>
      Object.hasOwn(quantities, id) ||
      reportedBranches(meters, id).some(({ leaf }) => Object.hasOwn(quantities, leaf)),
  );
}

function windowEndMs(context: BoundaryContext, limit: Limit, atMs: number): number {
  const { window } = limit;
  if (limit.sliding) return slidingBucket(window as SlidingWindow, atMs).endMs;
  if (window === 'period' || window === 'lifetime') return Number.MAX_SAFE_INTEGER;
  return windowBounds(window, context.zone, atMs).endMs;
}

/**
 * The first instant after `atMs` at which a hold of these meters, debited then, would fall into
 * another window, sliding bucket or period; every hard limit that names one of them is looked
 * at, whatever its conditions. `MAX_SAFE_INTEGER`: never.
 */
export function firstBoundaryMs(
  context: BoundaryContext,
  quantities: Quantities,
  atMs: number,
): number {
  const limits = (context.snapshot.plan.limits ?? []).filter(
    (limit) => limit.enforcement !== 'soft' && debits(context, limit, quantities),
  );
  const ends = limits.map((limit) => windowEndMs(context, limit, atMs));
  return Math.min(context.period?.endMs ?? Number.MAX_SAFE_INTEGER, ...ends);
}

/** When a lease granted now ends, ms: after its `ttlMs`, and before the first boundary. */
export function leaseEnd(context: LimitContext, quantities: Quantities, ttlMs: number): number {
  return Math.min(context.nowMs + ttlMs, firstBoundaryMs(context, quantities, context.nowMs));
}
