import type { Overrun } from '../../arrangement.js';
import type { Bill } from '../../bill.js';
import type { Command } from '../../command.js';
import { floorMinute, periodBounds, periodIndexAt } from '../../period.js';
import type { CustomerState, Segment } from '../../state.js';
import { baseOf, sumMinor } from '../invoice/prediction.js';
import { changeSegment, linkOf, snapshotOf } from '../periods/segments.js';

/**
 * A subscription was to end with its period, and Stripe could not be told so before: there it may
 * have begun another one. It is ended as soon as Stripe answers; nothing of that period is billed.
 */

type Ended = Extract<Command, { type: 'ended' }>;

/** Names the credit that gives back the base of the period that Stripe has begun. */
export const OVERRUN_CREDIT = 'overrun';

/** Notes that the subscription may go on at Stripe beyond its last segment here. */
export function withOverrun(
  state: CustomerState,
  request: number,
  { index: segment, stripe }: Segment,
): CustomerState {
  if (!state.stripe || !stripe) return state;
  const { endSeconds } = stripe;
  return { ...state, overrun: { request, stripe: state.stripe, segment, endSeconds } };
}

/** From when on it is ended, ms: before, Stripe is in the segment's own period. Null: none. */
export function overrunEndMs({ overrun }: CustomerState): number | null {
  return overrun ? overrun.endSeconds * 1000 : null;
}

/** It has ended at Stripe: with its period after all, in the one after it, or before its end. */
export function applyOverrunEnded(
  { overrun: _ended, ...others }: CustomerState,
  overrun: Overrun,
  { endedSeconds, byCycle }: Ended,
): CustomerState {
  const segment = others.segments.find(({ index }) => index === overrun.segment);
  if (!segment || byCycle) return others;
  if (endedSeconds >= overrun.endSeconds) {
    const { stripeInvoice } = segment;
    const change = { close: 'overrun', ...givingBack(others, segment) } as const;
    return changeSegment(others, segment.index, {
      ...change,
      ...lookFor({ ...change, stripeInvoice }),
      // A trial has no invoice of its own, but one with the base after it now.
      ...(segment.trial ? { frozen: true, stage: 'complete' } : {}),
    });
  }
  if (segment.trial) return others;
  const stage = segment.frozen ? 'complete' : 'freeze';
  return changeSegment(others, segment.index, { close: 'final', stage });
}

/** On the draft, or by a credit note where that is final: its base is nobody's to pay. */
function givingBack(state: CustomerState, segment: Segment): Pick<Segment, 'given'> {
  const { trial: _over, ...billed } = segment;
  const amountMinor = sumMinor(baseOf(state, billed));
  if (amountMinor === 0) return {};
  const { plan } = snapshotOf(state, segment.plan);
  const reason = `${plan.name} had ended: its next period is not charged`;
  return { given: { ...segment.given, [OVERRUN_CREDIT]: { amountMinor, reason, done: false } } };
}

/** Credits that were decided before there was an invoice are given once there is one. */
export function lookFor({
  given = {},
  stripeInvoice,
}: Pick<Segment, 'given' | 'stripeInvoice'>): Pick<Bill, 'look'> {
  const waits = given[OVERRUN_CREDIT]?.done === false;
  return waits && stripeInvoice !== null ? { look: true } : {};
}

/** The period that Stripe has begun after an `overrun` segment. */
export function overrunBounds(
  state: CustomerState,
  segment: Segment,
): Pick<Segment, 'startMs' | 'endMs'> {
  const { startMs, endMs, plan, stripe } = segment;
  const link = linkOf(state, segment);
  if (!link || !stripe) return { startMs, endMs };
  const anchorMs = (link.trialEndSeconds ?? link.anchorSeconds) * 1000;
  const { interval } = snapshotOf(state, plan).plan;
  const index = periodIndexAt(anchorMs, interval, stripe.endSeconds * 1000);
  const bounds = periodBounds(anchorMs, interval, index);
  return { startMs: floorMinute(bounds.startMs), endMs: floorMinute(bounds.endMs) };
}
