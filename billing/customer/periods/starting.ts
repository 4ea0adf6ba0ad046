import type { PlanSnapshot } from '../../catalogue.js';
import type { StripeLink } from '../../command.js';
import { moveUncovered } from '../../credits/burns.js';
import { withdrawGrant } from '../../credits/withdrawal.js';
import { floorMinute } from '../../period.js';
import type { CustomerState, MeterTotal, Segment } from '../../state.js';
import { addTotals } from '../../totals.js';
import { endedAt, type PlanStart, sorted, withoutTime } from './cutting.js';
import { changeSegment, extendTo, openSegment, planKey, withPeriod } from './segments.js';

/** The first period of a plan: where it begins, and what becomes of the one before it. */

/** A period that runs at Stripe already. */
export interface RunningPeriod {
  /** From when on the customer is in it, ms: its start, or a moment inside it. */
  readonly cutMs: number;
  /** Whole periods between the subscription's anchor and it. */
  readonly periods: number;
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
  const trialEndMs = stripe?.trialEndSeconds ? stripe.trialEndSeconds * 1000 : null;
  return startAt(state, snapshot, { cutMs: floorMinute(anchorMs), anchorMs, trialEndMs, stripe });
}

/** The same at the end of a period, `cutMs`: anchor and subscription go on. */
export function turnPlan(
  state: CustomerState,
  snapshot: PlanSnapshot,
  cutMs: number,
): CustomerState {
  const { stripe } = state;
  return startAt(state, snapshot, { cutMs, anchorMs: null, trialEndMs: null, stripe });
}

/**
 * The same in the middle of a subscription: its anchor goes on, without drift. Where the customer
 * was here before, the period it is in ends at `cutMs`, and its first one here is the shorter.
 */
export function joinPeriod(
  state: CustomerState,
  snapshot: PlanSnapshot,
  stripe: StripeLink,
  running: RunningPeriod,
): CustomerState {
  const trialEndMs = stripe.trialEndSeconds ? stripe.trialEndSeconds * 1000 : null;
  const cutMs = floorMinute(running.cutMs);
  const { periods } = running;
  const anchorMs = stripe.anchorSeconds * 1000;
  const joined = startAt(state, snapshot, { cutMs, anchorMs, trialEndMs, stripe, periods });
  return changeSegment(joined, openSegment(joined).index, { startMs: cutMs });
}

function startAt(state: CustomerState, snapshot: PlanSnapshot, start: PlanStart): CustomerState {
  const { cutMs, anchorMs, trialEndMs, stripe } = start;
  const extended = state.segments.length === 0 ? state : extendTo(state, cutMs);
  const { kept, charged, replaced } = sorted(extended.segments, start);
  const cut = [...kept, ...charged].at(-1);
  const index = cut ? cut.index + 1 : (replaced[0]?.index ?? 0);
  const started = withPeriod(
    {
      ...extended,
      credits: movedCredits(withoutGrants(extended, replaced, cutMs), charged, index),
      stripe,
      plan: { id: snapshot.id, version: snapshot.version },
      snapshots: { ...extended.snapshots, [planKey(snapshot)]: snapshot },
      status: trialEndMs === null ? 'active' : 'trialing',
      anchorMs: trialEndMs ?? anchorMs ?? extended.anchorMs,
      anchorIndex: anchorIndexOf(extended, start, index),
      firstPeriodStartMs: extended.firstPeriodStartMs ?? cutMs,
      segments: [
        ...kept.map((segment, at) =>
          at === kept.length - 1 ? endedAt(extended, segment, start) : segment,
        ),
        ...charged.map((segment) => withoutTime(extended, segment, start)),
      ],
    },
    snapshot,
    index,
  );
  const moved = [...charged, ...replaced];
  return moved.length === 0 ? started : changeSegment(started, index, usageOf(moved));
}

/** What was used beyond all credits goes with the usage. */
function movedCredits(
  credits: CustomerState['credits'],
  charged: readonly Segment[],
  index: number,
): CustomerState['credits'] {
  return charged.reduce((account, from) => moveUncovered(account, from.index, index), credits);
}

function anchorIndexOf(
  { anchorIndex }: CustomerState,
  { anchorMs, trialEndMs, periods = 0 }: PlanStart,
  index: number,
): number {
  if (anchorMs === null) return anchorIndex;
  return trialEndMs === null ? index - periods : index + 1;
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

/** All that was counted in these periods, also after one was over that nobody billed yet. */
function usageOf(segments: readonly Segment[]): Pick<Segment, 'totals' | 'newest'> {
  const totals: Record<string, MeterTotal> = {};
  const newest: Record<string, number> = {};
  for (const segment of segments) {
    const counted = [segment.totals, segment.late].flatMap((all) => Object.entries(all));
    for (const [meter, total] of counted) totals[meter] = addTotals(totals[meter], total);
    for (const [meter, bucket] of Object.entries(segment.newest)) {
      newest[meter] = Math.max(newest[meter] ?? 0, bucket);
    }
  }
  return { totals, newest };
}
