import type { Command } from '../command.js';
import { readdressHolds } from '../holds/readdress.js';
import { carryCounters } from '../limits/counting.js';
import { floorMinute } from '../period.js';
import type { CustomerState } from '../state.js';
import { creditsSettled, settled } from './freezing.js';
import { rezoned } from './rezoning.js';
import { foldRows } from './rows.js';
import { isPriced, planKey, snapshotOf, startPlan } from './segments.js';

/** How a customer comes to a plan: at once, or when Stripe has a subscription. */

type CommandOf<Type extends Command['type']> = Extract<Command, { type: Type }>;

/** Lets a `customer` command act: details, and the plan it asks for. */
export function applyCustomer(
  state: CustomerState,
  number: number,
  command: CommandOf<'customer'>,
): CustomerState {
  const described = withDetails(state, command);
  const { plan } = command;
  if (!plan || state.pending) return described;
  if (state.plan && planKey(state.plan) === planKey(plan) && state.status !== 'incomplete') {
    return described;
  }
  if (isPriced(plan)) return askStripe(described, number, command);
  // Leaving a subscription is a change at Stripe: it has commands of its own.
  if (state.stripe) return described;
  const anchorMs = floorMinute(command.anchorMs ?? command.atMs);
  return begin(clocked(described, command), plan, anchorMs, null);
}

/** Absent fields stay, `null` empties one. */
function withDetails(
  state: CustomerState,
  { details, atMs }: CommandOf<'customer'>,
): CustomerState {
  const { name, email, timezone, zone, metadata } = details;
  const described: CustomerState = {
    ...state,
    name: name === undefined ? state.name : name,
    email: email === undefined ? state.email : email,
    metadata: metadata === undefined ? state.metadata : (metadata ?? {}),
  };
  if (timezone === undefined) return described;
  return rezoned({ ...described, timezone: timezone ?? 'UTC' }, zone, atMs);
}

/** A test customer with an anchor lives from there on: its clock starts at the anchor. */
function clocked(state: CustomerState, command: CommandOf<'customer'>): CustomerState {
  const isFirst = state.plan === null;
  if (!isFirst || command.anchorMs === undefined || state.key.mode !== 'test') return state;
  return { ...state, clock: { ...state.clock, offsetMs: command.anchorMs - command.atMs } };
}

/** A priced plan begins when Stripe has a subscription; until then nothing changes. */
function askStripe(
  state: CustomerState,
  number: number,
  command: CommandOf<'customer'>,
): CustomerState {
  if (!command.plan) return state;
  const anchorMs = state.plan === null ? (command.anchorMs ?? null) : null;
  return {
    ...clocked(state, command),
    pending: { request: number, plan: command.plan, atMs: command.atMs, anchorMs },
  };
}

function begin(
  state: CustomerState,
  plan: CommandOf<'subscribed'>['plan'],
  anchorMs: number,
  stripe: CustomerState['stripe'],
): CustomerState {
  const { early } = state;
  const started = startPlan({ ...state, early: [] }, plan, anchorMs, stripe);
  const counters = state.plan
    ? carryCounters(state.counters, snapshotOf(state, state.plan), plan)
    : state.counters;
  return foldRows(readdressHolds({ ...withCutSettled(state, started), counters }), early);
}

/**
 * A period without Stripe that was cut short is done: its credits end with it. Where time has
 * ended it just before, only they are left to do.
 */
function withCutSettled(before: CustomerState, started: CustomerState): CustomerState {
  const cut = started.segments.at(-2);
  if (!cut?.frozen) return started;
  const open = before.segments.find(({ index }) => index === cut.index);
  return open?.frozen ? creditsSettled(started, cut) : settled(started, cut);
}

/** Stripe has a subscription: the plan begins at its anchor. */
export function applySubscribed(
  state: CustomerState,
  command: CommandOf<'subscribed'>,
): CustomerState {
  const { plan, stripe } = command;
  const begun = begin(state, plan, stripe.anchorSeconds * 1000, stripe);
  const index = begun.segments.at(-1)?.index ?? 0;
  const hasBase = (command.plan.plan.baseAmountMinor ?? 0) > 0;
  return {
    ...begun,
    startInvoice: hasBase ? { segment: index, stage: 'wanted' } : null,
    testClockSeconds: command.stripe.testClock ? command.stripe.anchorSeconds : 0,
    pending: null,
    answer: { request: command.request, code: 'subscribed', detail: '' },
  };
}

/** Stripe refused, or could not be reached: nothing changes but the answer. */
export function applySubscribeFailed(
  state: CustomerState,
  command: CommandOf<'subscribeFailed'>,
): CustomerState {
  const refused: CustomerState = {
    ...state,
    pending: null,
    answer: { request: command.request, code: command.code, detail: command.detail },
  };
  if (command.code !== 'payment_required' || state.plan || !state.pending) return refused;
  // A new customer whose first payment is refused exists, without a period, until a card works.
  const { plan } = state.pending;
  return {
    ...refused,
    status: 'incomplete',
    plan: { id: plan.id, version: plan.version },
    snapshots: { ...state.snapshots, [planKey(plan)]: plan },
  };
}
