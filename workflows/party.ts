import { condition } from '@temporalio/workflow';
import type { SegmentAtStripe, StripeParty } from '../activities/contract.js';
import { customerNow } from '../billing/customer/clock.js';
import { linkOf } from '../billing/customer/periods/segments.js';
import type { CustomerState, Segment } from '../billing/state.js';
import { happen, type Life } from './life.js';

/** How long a step waits for the log lane to fold what it wrote; real time. */
const FOLD_WAIT_MS = 30_000;

/**
 * What Stripe activities are told of the customer; of a segment, under the subscription that it
 * is billed under. @throws Error without one.
 */
export function partyOf(state: CustomerState, segment?: Segment): StripeParty {
  const stripe = segment ? linkOf(state, segment) : (state.stripe ?? state.formerStripe);
  if (!stripe) throw new Error(`${state.key.customer} has no subscription`);
  return { key: state.key, stripe, nowMs: customerNow(state, Date.now()) };
}

/** A segment of the state. @throws Error when it is gone. */
export function segmentOf(state: CustomerState, index: number): Segment {
  const segment = state.segments.find((candidate) => candidate.index === index);
  if (!segment) throw new Error(`no segment ${index}`);
  return segment;
}

/** A segment as Stripe activities need it. @throws Error where Stripe bills nothing. */
export function atStripe(segment: Segment): SegmentAtStripe {
  if (!segment.stripe) throw new Error(`segment ${segment.index} is not billed by Stripe`);
  const { index, startMs, endMs, stripe } = segment;
  return { index, startMs, endMs, ...stripe };
}

/**
 * Waits until the log lane has folded up to `number`. When the run is ending it does not wait:
 * the next run finds the log further on and folds it there.
 * @throws Error when the log lane does not get there in time.
 */
export async function waitForMark(life: Life, number: number): Promise<void> {
  if (number > life.state.head) happen(life, { type: 'head', head: number, missing: null });
  const folded = await condition(
    () => life.state.mark >= number || life.draining || life.state.halted !== null,
    FOLD_WAIT_MS,
  );
  if (!folded) throw new Error(`log number ${number} is not folded yet`);
}
