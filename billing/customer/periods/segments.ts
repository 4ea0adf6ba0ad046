import type { PlanName, PlanSnapshot } from '../../catalogue.js';
import type { StripeLink } from '../../command.js';
import { grantPeriod } from '../../credits/periods.js';
import { floorMinute, periodBounds } from '../../period.js';
import type { CustomerState, Segment, SegmentStage } from '../../state.js';

/** Segments tile a customer's time: periods under one plan version, half-open, whole minutes. */

/** Stages that no step leaves by itself. */
const TERMINAL: readonly SegmentStage[] = ['billed', 'inReview', 'empty'];

/** True once a segment's invoice is billed, held for an operator, or known to be none. */
export function isTerminal({ stage }: Pick<Segment, 'stage'>): boolean {
  return TERMINAL.includes(stage);
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

/** A trial is a period of its own, up to the anchor (CONTRACT §2). */
function trialBounds({ anchorSeconds, trialEndSeconds }: StripeLink) {
  const endSeconds = trialEndSeconds ?? anchorSeconds;
  return {
    startMs: floorMinute(anchorSeconds * 1000),
    endMs: floorMinute(endSeconds * 1000),
    stripe: { startSeconds: anchorSeconds, endSeconds },
    trial: true as const,
  };
}

/** Bounds of the period `index` under the anchor in force; Stripe's own are to the second. */
function boundsOf(state: CustomerState, snapshot: PlanSnapshot, index: number) {
  if (state.stripe?.trialEndSeconds && index < state.anchorIndex) return trialBounds(state.stripe);
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
export function withPeriod(
  state: CustomerState,
  snapshot: PlanSnapshot,
  index: number,
): CustomerState {
  const segment: Segment = {
    index,
    ...boundsOf(state, snapshot, index),
    plan: { id: snapshot.id, version: snapshot.version },
    ...(chargedByOthers(state, snapshot) ? { noBase: true as const } : {}),
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

/** True where items that others made at Stripe charge in place of this plan's base. */
export function chargedByOthers({ stripe }: CustomerState, plan: PlanName): boolean {
  const { otherItems = [], plan: charged } = stripe ?? {};
  return otherItems.length > 0 && charged !== undefined && planKey(charged) === planKey(plan);
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

/** Periods so far keep the items that they were counted by: others follow at Stripe. */
export function withLinks(state: CustomerState): CustomerState {
  const { stripe } = state;
  if (!stripe) return state;
  const segments = state.segments.map((segment) => {
    if (!segment.stripe || segment.link) return segment;
    return { ...segment, link: { ...stripe, plan: segment.plan } };
  });
  return { ...state, segments };
}

/** The subscription that a segment is billed under; null: none. */
export function linkOf(state: CustomerState, segment: Segment): StripeLink | null {
  return segment.link ?? state.stripe ?? state.formerStripe ?? null;
}

/** Appends periods until one covers `atMs`; none once the customer has left. */
export function extendTo(state: CustomerState, atMs: number): CustomerState {
  if (state.status === 'canceled') return state;
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
