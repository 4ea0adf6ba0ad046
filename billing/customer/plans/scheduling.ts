import type { PendingSubscription } from '../../arrangement.js';
import type { PlanSnapshot } from '../../catalogue.js';
import type { Command } from '../../command.js';
import { whyItStays } from '../../migration/staying.js';
import type { CustomerState, Segment } from '../../state.js';
import { begin, beginTurned } from './joining.js';
import { gone } from './leaving.js';
import { withOverrun } from './overrun.js';
import { isBilledOtherwise } from './turns.js';
import {
  changeSegment,
  chargedByOthers,
  extendTo,
  isPriced,
  openSegment,
  segmentAt,
  withLinks,
} from '../periods/segments.js';

/**
 * Changes that wait for the end of the period. They act by an entry of their own (`turned`) that
 * the workflow writes when the time has come: a fold of the log alone finds the same periods.
 */

type CommandOf<Type extends Command['type']> = Extract<Command, { type: Type }>;

/** Notes what is to happen at the end of the period in which it was asked. */
export function applySchedule(
  state: CustomerState,
  request: number,
  { plan, atMs, migrates }: CommandOf<'schedule'>,
): CustomerState {
  if (state.segments.length === 0 || state.status === 'canceled' || state.leaving) return state;
  if (migrates && !mayMigrate(state, plan)) return state;
  const extended = extendTo(state, atMs);
  const { endMs } = segmentAt(extended, atMs);
  const scheduled = { request, plan, atMs: endMs, ...(migrates ? { migrates } : {}) };
  return { ...extended, scheduled };
}

/** What others chose stands: a migration is judged anew when it is folded. */
function mayMigrate(state: CustomerState, plan: PlanSnapshot | null): boolean {
  return plan !== null && !state.scheduled && whyItStays(state, plan) === null;
}

/** Undoes what is scheduled. */
export function applyUnschedule(state: CustomerState): CustomerState {
  return state.scheduled ? { ...state, scheduled: null } : state;
}

/** The end has come. What was undone or replaced meanwhile does not act. */
export function applyTurned(
  state: CustomerState,
  number: number,
  { request, plan, atMs, migrates, untold, ended }: CommandOf<'turned'>,
): CustomerState {
  if (state.scheduled?.request !== request) return state;
  const over: CustomerState = { ...extendTo(state, atMs), scheduled: null };
  const due = untold ? withOverrun(over, number, segmentAt(over, atMs - 1)) : over;
  if (migrates && state.controls.grandfathered) return due;
  if (!plan || !isPriced(plan)) return dropped(due, plan, atMs);
  const net = migrates && state.plan ? { netAgainst: state.plan } : {};
  if (!state.stripe) {
    return { ...due, pending: { request: number, plan, atMs, anchorMs: null, ...net } };
  }
  if (ended || isBilledOtherwise(due, plan)) {
    return followed(due, { request: number, plan, atMs, anchorMs: null, ...net });
  }
  return turnedTo(due, plan, atMs, net);
}

/**
 * Periods of another length need another subscription, and so does what Stripe has ended: this one
 * ends with its cycle invoice. Until the other stands the plan is in force already, and its period
 * is that of nobody at Stripe yet.
 */
function followed(state: CustomerState, pending: PendingSubscription): CustomerState {
  const { stripe } = state;
  const { plan, atMs } = pending;
  const { endSeconds = atMs / 1000 } = segmentAt(state, atMs - 1).stripe ?? {};
  const begun = dropped(state, plan, atMs);
  if (!stripe) return begun;
  const follows = { subscription: stripe.subscription, endSeconds };
  return { ...begun, pending: { ...pending, follows } };
}

/** Stripe's cycle invoice of the period that ended is the subscription's last. */
function dropped(
  state: CustomerState,
  plan: PlanSnapshot | null,
  atMs: number,
): CustomerState {
  const { stripe } = state;
  if (!stripe) return plan ? begin(state, plan, atMs, null) : gone(state, atMs, null);
  const last = segmentAt(state, atMs - 1);
  const ended = changeSegment(state, last.index, { close: 'last', link: stripe });
  return gone(ended, atMs, plan);
}

/**
 * The subscription goes on: Stripe has charged the old base for the new period already, and its
 * items are swapped once the invoice of the period that ended is final.
 */
function turnedTo(
  state: CustomerState,
  plan: PlanSnapshot,
  atMs: number,
  net: Pick<Segment, 'netAgainst'>,
): CustomerState {
  const last = segmentAt(state, atMs - 1);
  const linked = withLinks(state);
  const turned = beginTurned(linked, plan, atMs);
  const next = openSegment(turned);
  const others = chargedByOthers(linked, last.plan) ? ({ noBase: true } as const) : {};
  return changeSegment(turned, next.index, { basePlan: last.plan, ...net, ...others });
}

/** Stripe's items are those of the plan in force now. */
export function applySwapped(
  state: CustomerState,
  { stripe }: CommandOf<'swapped'>,
): CustomerState {
  if (state.stripe?.subscription !== stripe.subscription) return state;
  return { ...state, stripe };
}
