import type { Command } from '../../command.js';
import { floorMinute, MINUTE_MS } from '../../period.js';
import type { CustomerState, Segment } from '../../state.js';
import { begin } from './joining.js';
import { applyOverrunEnded } from './overrun.js';
import { changeSegment, extendTo, openSegment, withLinks } from '../periods/segments.js';

/** How a customer leaves a plan: at once, or when Stripe has ended the subscription. */

type CommandOf<Type extends Command['type']> = Extract<Command, { type: Type }>;

/** Lets a `cancel` command act: without a subscription at once, else Stripe is asked first. */
export function applyCancel(
  state: CustomerState,
  request: number,
  { next, atMs }: CommandOf<'cancel'>,
): CustomerState {
  if (state.status === 'canceled' || state.pending || state.leaving) return state;
  if (state.stripe) return { ...state, scheduled: null, leaving: { request, next, atMs } };
  return gone(state, floorMinute(atMs), next);
}

/**
 * The subscription has ended at Stripe. What it had not billed by then is an invoice of our own;
 * where Stripe makes a last one of its cycle, that is the `final`.
 */
export function applyEnded(
  state: CustomerState,
  command: CommandOf<'ended'>,
): CustomerState {
  const { request, endedSeconds, byCycle } = command;
  const { stripe, leaving, overrun } = state;
  if (overrun && overrun.request === request) return applyOverrunEnded(state, overrun, command);
  if (!stripe || (request !== null && leaving?.request !== request)) return state;
  const minuteMs = floorMinute(endedSeconds * 1000);
  const extended = extendTo(state, minuteMs);
  const before = extended.segments.findLast(({ startMs }) => startMs < minuteMs);
  // Stripe ends a trial without a card at its end.
  const lapsed = request === null && before?.trial === true && minuteMs >= before.endMs;
  const begins = !byCycle && !lapsed && hasBegun(openSegment(extended), minuteMs, endedSeconds);
  const endMs = begins ? minuteMs + MINUTE_MS : minuteMs;
  const last = begins ? openSegment(extended) : before;
  const cut = last ? endedBy(extended, last, { endMs, endedSeconds, byCycle }) : extended;
  const answer =
    request === null ? state.answer : ({ request, code: 'ended', detail: '' } as const);
  const left = gone({ ...cut, answer, leaving: null }, endMs, leaving?.next ?? null);
  // The plan waits for a payment then.
  return lapsed ? { ...left, status: 'incomplete' } : left;
}

/**
 * True where a period began at Stripe in the very minute in which the subscription ended: its base
 * was charged, so it has been, for that minute, and what is unused of it is given back.
 */
function hasBegun({ startMs, stripe }: Segment, minuteMs: number, endedSeconds: number): boolean {
  return startMs === minuteMs && stripe !== null && stripe.startSeconds <= endedSeconds;
}

/** When and how a subscription has ended. */
interface End {
  readonly endMs: number;
  readonly endedSeconds: number;
  readonly byCycle: boolean;
}

/** The segment in which a subscription ends closes with it; the link stays with it. */
function endedBy(
  state: CustomerState,
  last: Segment,
  { endMs, endedSeconds, byCycle }: End,
): CustomerState {
  if (!last.stripe || last.final || !state.stripe) return state;
  const { startSeconds } = last.stripe;
  const stripe = { startSeconds, endSeconds: Math.min(last.stripe.endSeconds, endedSeconds) };
  const bounds = { endMs: Math.min(last.endMs, endMs), stripe, link: state.stripe };
  if (last.trial) {
    return changeSegment(state, last.index, { ...bounds, frozen: true, stage: 'empty' });
  }
  const change: Partial<Segment> = byCycle
    ? { ...bounds, close: 'last' }
    : { ...bounds, close: 'final', stage: last.frozen ? 'complete' : 'freeze' };
  return changeSegment(state, last.index, change);
}

/** The customer without its subscription: on the plan that follows, or on none. */
export function gone(
  state: CustomerState,
  endMs: number,
  next: CommandOf<'cancel'>['next'],
): CustomerState {
  const formerStripe = state.stripe ?? state.formerStripe ?? null;
  const ended = state.endedThere ? { endedThere: false } : {};
  const nothingWaits = { scheduled: null, cancelAtEnd: false, ...ended };
  const left: CustomerState = { ...withLinks(state), formerStripe, ...nothingWaits };
  if (next) return begin(left, next, endMs, null);
  const kept = left.segments.filter(({ startMs }) => startMs < endMs);
  const last = kept.at(-1);
  const { startInvoice } = left;
  const canceled: CustomerState = {
    ...left,
    stripe: null,
    status: 'canceled',
    segments: kept,
    // The first invoice of a period that never was is none.
    startInvoice: kept.some(({ index }) => index === startInvoice?.segment) ? startInvoice : null,
  };
  if (!last || last.stripe || last.stage !== 'open') return canceled;
  // Without Stripe nothing is billed: the period is over where the customer left.
  return changeSegment(canceled, last.index, { endMs: Math.min(last.endMs, endMs) });
}
