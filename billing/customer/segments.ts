import type { PlanName, PlanSnapshot } from '../catalogue.js';
import type { StripeLink } from '../command.js';
import { grantPeriod } from '../credits/periods.js';
import { withdrawGrant } from '../credits/withdrawal.js';
import { floorMinute, periodBounds } from '../period.js';
import type { CustomerState, MeterTotal, Segment, SegmentStage } from '../state.js';
import { addTotals } from '../totals.js';

/** Segments tile a customer's time: periods under one plan version, half-open, whole minutes. */

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

/** The snapshot of the plan in force; null for a customer without a plan. */
export function planInForce(state: CustomerState): PlanSnapshot | null {
  if (!state.plan) return null;
  return state.snapshots[planKey(state.plan)] ?? null;
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
    coveredMicroCredits: null,
  };
  const credits = grantPeriod(state.credits, snapshot, segment);
  return { ...state, credits, segments: [...state.segments, segment] };
}

/**
 * Puts a customer on a plan whose first period starts at `anchorMs` (to the second with Stripe,
 * else a whole minute). The period in force ends at that minute; those that would begin at it or
 * later are replaced and their usage moves along. All periods that begin by then come into being
 * first: a fold of the log alone, without time passing, must find the same ones. `stripe`: the
 * subscription that bills the new periods, null: none.
 */
export function startPlan(
  state: CustomerState,
  snapshot: PlanSnapshot,
  anchorMs: number,
  stripe: StripeLink | null = null,
): CustomerState {
  const cutMs = floorMinute(anchorMs);
  const extended = state.segments.length === 0 ? state : extendTo(state, cutMs);
  const kept = extended.segments.filter(({ startMs }) => startMs < cutMs);
  const replaced = extended.segments.filter(({ startMs }) => startMs >= cutMs);
  const cut = kept.at(-1);
  const index = cut ? cut.index + 1 : (replaced[0]?.index ?? 0);
  const started = withPeriod(
    {
      ...extended,
      credits: withoutGrants(extended, replaced, cutMs),
      stripe,
      plan: { id: snapshot.id, version: snapshot.version },
      snapshots: { ...extended.snapshots, [planKey(snapshot)]: snapshot },
      status: 'active',
      anchorMs,
      anchorIndex: index,
      firstPeriodStartMs: extended.firstPeriodStartMs ?? cutMs,
      segments: kept.map((segment) => (segment === cut ? endedAt(segment, cutMs) : segment)),
    },
    snapshot,
    index,
  );
  return replaced.length === 0 ? started : changeSegment(started, index, usageOf(replaced));
}

/** A fold of the log alone would not have opened periods that begin after the cut. */
function withoutGrants(
  { credits }: CustomerState,
  replaced: readonly Segment[],
  cutMs: number,
): CustomerState['credits'] {
  const later = replaced.filter(({ startMs }) => startMs > cutMs);
  return later.reduce((account, { index }) => withdrawGrant(account, index), credits);
}

/** All that was counted in these periods. */
function usageOf(segments: readonly Segment[]): Pick<Segment, 'totals' | 'newest'> {
  const totals: Record<string, MeterTotal> = {};
  const newest: Record<string, number> = {};
  for (const segment of segments) {
    for (const [meter, total] of Object.entries(segment.totals)) {
      totals[meter] = addTotals(totals[meter], total);
    }
    for (const [meter, bucket] of Object.entries(segment.newest)) {
      newest[meter] = Math.max(newest[meter] ?? 0, bucket);
    }
  }
  return { totals, newest };
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
  const segment = state.segments.find((candidate) => candidate.index === index);
  if (!segment) return state;
  return { ...state, segments: segmentsWith(state.segments, segment, change) };
}

/** The segments with fields of one of them replaced. */
export function segmentsWith(
  segments: readonly Segment[],
  segment: Segment,
  change: Partial<Segment>,
): readonly Segment[] {
  return segments.with(segments.indexOf(segment), { ...segment, ...change });
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

/** The segment an instant belongs to: times before the first kept one count at its start. */
export function segmentAt(state: CustomerState, atMs: number): Segment {
  const found = state.segments.findLast((segment) => atMs >= segment.startMs);
  return found ?? (state.segments[0] as Segment);
}
