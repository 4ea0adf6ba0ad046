import type { PlanName, PlanSnapshot } from '../catalogue.js';
import { DAY_MS, floorMinute, periodBounds } from '../period.js';
import { microCreditsOf } from '../quantity.js';
import type { CustomerState, Segment, SegmentStage } from '../state.js';

/** Segments tile a customer's time: periods under one plan version, half-open, whole minutes. */

/** Events may be 35 days old; a segment is kept a day longer to take them in as late usage. */
const KEPT_MS = 36 * DAY_MS;

/** Stages that no step leaves by itself. */
const TERMINAL: readonly SegmentStage[] = ['billed', 'inReview', 'empty'];

/** True once a segment's invoice is billed, held for an operator, or known to be none. */
export function isTerminal(segment: Segment): boolean {
  return TERMINAL.includes(segment.stage);
}

/** `id@version`, the key of a snapshot. */
export function planKey(plan: PlanName): string {
  return `${plan.id}@${plan.version}`;
}

/** The snapshot a segment is rated under. @throws Error when the state lost it. */
export function snapshotOf(state: CustomerState, plan: PlanName): PlanSnapshot {
  const snapshot = state.snapshots[planKey(plan)];
  if (!snapshot) throw new Error(`no snapshot of plan ${planKey(plan)} in the state`);
  return snapshot;
}

/** True for a plan that touches Stripe: it has a price or a base amount (CONTRACT §2). */
export function isPriced(snapshot: PlanSnapshot): boolean {
  const { baseAmountMinor, prices } = snapshot.plan;
  return (baseAmountMinor ?? 0) > 0 || Object.keys(prices ?? {}).length > 0;
}

/** The period in force: the newest segment. @throws Error before the first period. */
export function openSegment(state: CustomerState): Segment {
  const segment = state.segments.at(-1);
  if (!segment) throw new Error(`${state.key.customer} has no period yet`);
  return segment;
}

/** Bounds of the period `index` under the anchor in force; Stripe's own are to the second. */
function boundsOf(state: CustomerState, snapshot: PlanSnapshot, index: number) {
  const bounds = periodBounds(state.anchorMs, snapshot.plan.interval, index - state.anchorIndex);
  return {
    startMs: floorMinute(bounds.startMs),
    endMs: floorMinute(bounds.endMs),
    stripe: state.stripe
      ? { startSeconds: bounds.startMs / 1000, endSeconds: bounds.endMs / 1000 }
      : null,
  };
}

/** Appends the period `index`, empty and open. */
function withPeriod(state: CustomerState, snapshot: PlanSnapshot, index: number): CustomerState {
  const segment: Segment = {
    index,
    ...boundsOf(state, snapshot, index),
    plan: { id: snapshot.id, version: snapshot.version },
    totals: {},
    late: {},
    newest: {},
    frozen: false,
    reports: {},
    stage: 'open',
    final: false,
    stripeInvoice: null,
    billed: {},
    items: [],
    lookAgainAtMs: 0,
    flushSinceMs: 0,
    lateBilled: {},
    grantedMicroCredits: grantOf(snapshot),
  };
  return { ...state, segments: [...state.segments, segment] };
}

/** Whole micro-credits a period begins with, without what rolls over. */
function grantOf(snapshot: PlanSnapshot): number {
  const amount = snapshot.plan.creditGrant?.amount;
  return amount === undefined ? 0 : microCreditsOf(amount);
}

/**
 * Puts a customer on a plan whose first period starts at `anchorMs` (to the second with Stripe,
 * else a whole minute). An open period ends at that minute; one that would be empty of time is
 * replaced and its usage moves along.
 */
export function startPlan(
  state: CustomerState,
  snapshot: PlanSnapshot,
  anchorMs: number,
): CustomerState {
  const cutMs = floorMinute(anchorMs);
  const open = state.segments.at(-1);
  const replaced = open !== undefined && open.startMs >= cutMs;
  const kept = replaced ? state.segments.slice(0, -1) : state.segments;
  const index = open === undefined ? 0 : replaced ? open.index : open.index + 1;
  const started = withPeriod(
    {
      ...state,
      plan: { id: snapshot.id, version: snapshot.version },
      snapshots: { ...state.snapshots, [planKey(snapshot)]: snapshot },
      status: 'active',
      anchorMs,
      anchorIndex: index,
      firstPeriodStartMs: state.firstPeriodStartMs ?? cutMs,
      segments: kept.map((segment) => (segment === open ? endedAt(segment, cutMs) : segment)),
    },
    snapshot,
    index,
  );
  if (!replaced) return started;
  return changeSegment(started, index, { totals: open.totals, newest: open.newest });
}

/** A period without Stripe cut short: nothing to bill. */
function endedAt(segment: Segment, endMs: number): Segment {
  return { ...segment, endMs, frozen: true, stage: 'empty' };
}

/** Replaces fields of one segment. */
export function changeSegment(
  state: CustomerState,
  index: number,
  change: Partial<Segment>,
): CustomerState {
  const segments = state.segments.map((segment) =>
    segment.index === index ? { ...segment, ...change } : segment,
  );
  return { ...state, segments };
}

/** Appends periods until one covers `atMs`; earlier times change nothing. */
export function extendTo(state: CustomerState, atMs: number): CustomerState {
  let extended = state;
  while (atMs >= openSegment(extended).endMs) {
    const open = openSegment(extended);
    extended = withPeriod(extended, snapshotOf(extended, open.plan), open.index + 1);
  }
  return extended;
}

/**
 * Lets time pass: periods that have ended leave `open`, to be billed or, without Stripe, to be
 * done; the next period opens; segments too old for late usage go.
 */
export function turn(state: CustomerState, nowMs: number): CustomerState {
  if (state.segments.length === 0) return state;
  const extended = extendTo(state, nowMs);
  let changed = extended !== state;
  const turned = extended.segments.map((segment) => {
    if (segment.stage !== 'open' || nowMs < segment.endMs) return segment;
    changed = true;
    return segment.stripe
      ? { ...segment, stage: 'hold' as const }
      : { ...segment, stage: 'empty' as const, frozen: true };
  });
  const kept = turned.filter(
    (segment) => !isTerminal(segment) || segment.endMs > nowMs - KEPT_MS,
  );
  if (!changed && kept.length === turned.length) return state;
  return withoutUnusedSnapshots({ ...extended, segments: kept });
}

function withoutUnusedSnapshots(state: CustomerState): CustomerState {
  const used = new Set(state.segments.map((segment) => planKey(segment.plan)));
  if (state.plan) used.add(planKey(state.plan));
  const entries = Object.entries(state.snapshots).filter(([key]) => used.has(key));
  return { ...state, snapshots: Object.fromEntries(entries) };
}

/** The segment an instant belongs to: times before the first kept one count at its start. */
export function segmentAt(state: CustomerState, atMs: number): Segment {
  const found = state.segments.findLast((segment) => atMs >= segment.startMs);
  return found ?? (state.segments[0] as Segment);
}
