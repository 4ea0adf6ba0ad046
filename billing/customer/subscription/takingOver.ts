import type { CustomerState } from '../../state.js';
import type { TakenOver, TakeoverCommand } from '../../takeover.js';
import type { StripeLink } from '../../command.js';
import { floorMinute } from '../../period.js';
import { begin, enter } from '../plans/joining.js';
import { changeSegment, openSegment, planKey } from '../periods/segments.js';

/** What others made at Stripe becomes ours: a customer, or a subscription that runs. */

type CommandOf<Type extends TakeoverCommand['type']> = Extract<
  TakeoverCommand,
  { type: Type }
>;

/**
 * The plan begins in the period that runs at Stripe: its anchor goes on, nothing is charged for
 * what is paid. A customer that was there before changes over at the moment of the takeover.
 */
export function takenOverBy(
  state: CustomerState,
  { plan, stripe }: CommandOf<'subscribed'>,
  link: StripeLink,
  taken: TakenOver,
): CustomerState {
  const isNew = state.segments.length === 0;
  const { atSeconds, startSeconds, base, periods } = taken;
  const cutSeconds = isNew ? startSeconds : atSeconds;
  const entered = enter(state, plan, link, { cutMs: cutSeconds * 1000, periods });
  const { index } = openSegment(entered);
  const started = base === 'charged' ? entered : changeSegment(entered, index, { noBase: true });
  return {
    ...started,
    linkedCustomer: stripe.customer,
    lookAtStripe: true,
    testClockSeconds: stripe.testClock ? atSeconds : 0,
  };
}

/** A customer that is new lives by the test clock of the Stripe customer it is linked to. */
export function clockedByStripe(
  state: CustomerState,
  linkedAtSeconds: number | null | undefined,
): CustomerState {
  const { pending, segments, key, clock } = state;
  if (!pending || segments.length > 0 || key.mode !== 'test') return state;
  if (linkedAtSeconds === undefined || linkedAtSeconds === null) return state;
  return { ...state, clock: { ...clock, offsetMs: linkedAtSeconds * 1000 - pending.atMs } };
}

/** The Stripe customer is ours; a plan that waited for it and bills nothing begins. */
export function applyLinked(
  state: CustomerState,
  { request, stripeCustomer }: CommandOf<'linked'>,
): CustomerState {
  const { pending } = state;
  if (pending?.request !== request) return state;
  const answer = { request, code: 'linked', detail: '' } as const;
  const linked: CustomerState = {
    ...state,
    linkedCustomer: stripeCustomer,
    pending: null,
    answer,
  };
  const { plan, atMs, anchorMs } = pending;
  const stands = state.status === 'canceled' ? null : state.plan;
  if (stands && planKey(stands) === planKey(plan)) return linked;
  return begin(linked, plan, floorMinute(anchorMs ?? atMs), null);
}

/** No page was opened: whoever asked is told why. */
export function applyPageFailed(
  state: CustomerState,
  { request, detail }: CommandOf<'pageFailed'>,
): CustomerState {
  if (state.wantedPage?.request !== request) return state;
  return { ...state, wantedPage: null, answer: { request, code: 'conflict', detail } };
}
