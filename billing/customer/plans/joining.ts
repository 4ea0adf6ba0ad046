import { happened } from '../../alerts/alert.js';
import { planChangedAlert } from '../../alerts/factAlerts.js';
import type { PlanName, PlanSnapshot } from '../../catalogue.js';
import type { Command, StripeLink } from '../../command.js';
import { readdressHolds } from '../../holds/readdress.js';
import { carryCounters } from '../../limits/counting.js';
import { floorMinute } from '../../period.js';
import type { CustomerState } from '../../state.js';
import { creditsSettled, settled } from '../periods/freezing.js';
import { rezoned } from '../periods/rezoning.js';
import { foldRows } from '../rows.js';
import { isPriced, planKey, snapshotOf } from '../periods/segments.js';
import { joinPeriod, type RunningPeriod, startPlan, turnPlan } from '../periods/starting.js';

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
  if (!plan || state.pending || state.leaving) return described;
  const { atStripe } = command;
  if (atStripe) return state.stripe ? described : askStripe(described, number, command);
  if (isOn(state, plan)) return described;
  if (isPriced(plan)) return askStripe(described, number, command);
  if (state.stripe) {
    return { ...described, leaving: { request: number, next: plan, atMs: command.atMs } };
  }
  const anchorMs = floorMinute(command.anchorMs ?? command.atMs);
  return begin(clocked(described, command), plan, anchorMs, null);
}

/** True for the plan version that the customer is on: to ask for it now changes nothing. */
export function isOn({ status, plan }: CustomerState, asked: PlanName): boolean {
  if (status === 'incomplete' || status === 'canceled' || plan === null) return false;
  return planKey(plan) === planKey(asked);
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
  const { plan, atMs, atStripe } = command;
  const anchorMs = state.plan === null ? (command.anchorMs ?? null) : null;
  const pending = { request: number, plan, atMs, anchorMs, ...(atStripe ? { atStripe } : {}) };
  return { ...clocked(state, command), pending };
}

/** The customer is on a plan from `anchorMs` on; what counts goes over to its limits. */
export function begin(
  state: CustomerState,
  plan: PlanSnapshot,
  anchorMs: number,
  stripe: CustomerState['stripe'],
): CustomerState {
  return begun(state, plan, (before) => startPlan(before, plan, anchorMs, stripe));
}

/** The same in a period that runs at Stripe already; see `joinPeriod`. */
export function enter(
  state: CustomerState,
  plan: PlanSnapshot,
  stripe: StripeLink,
  running: RunningPeriod,
): CustomerState {
  return begun(state, plan, (before) => joinPeriod(before, plan, stripe, running));
}

/** The same at the end of a period: anchor and subscription go on. */
export function beginTurned(
  state: CustomerState,
  plan: PlanSnapshot,
  atMs: number,
): CustomerState {
  return begun(state, plan, (before) => turnPlan(before, plan, atMs));
}

function begun(
  state: CustomerState,
  plan: PlanSnapshot,
  start: (before: CustomerState) => CustomerState,
): CustomerState {
  const { early } = state;
  const started = start({ ...state, early: [], ...(state.scheduled ? { scheduled: null } : {}) });
  const counters = state.plan
    ? carryCounters(state.counters, snapshotOf(state, state.plan), plan)
    : state.counters;
  const counting = readdressHolds({ ...withCutSettled(state, started), counters });
  return foldRows(toldOf(state, counting), early);
}

/** A rebuilt customer passes through changes that were told of long ago. */
function toldOf(before: CustomerState, after: CustomerState): CustomerState {
  const begun = after.segments.at(-1);
  if (!before.synced || !before.plan || !after.plan || !begun) return after;
  if (planKey(before.plan) === planKey(after.plan)) return after;
  return happened(after, planChangedAlert(before.plan, after.plan, begun));
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

/** Days of trial that a plan begins with: for customers who never had a subscription. */
export function trialDaysOf(
  { stripe, formerStripe = null, segments }: CustomerState,
  { plan }: PlanSnapshot,
): number | null {
  if (stripe !== null || formerStripe !== null) return null;
  return segments.every((segment) => !segment.stripe) ? (plan.trial?.days ?? null) : null;
}

/** Segments whose `start` is not stored yet, the oldest first. */
export function wantedStarts({ startInvoice, earlierStarts = [] }: CustomerState): number[] {
  const newest = startInvoice?.stage === 'wanted' ? [startInvoice.segment] : [];
  return [...earlierStarts, ...newest];
}

/** The invoice with which a plan that has a base amount begins. */
export function startInvoiceOf(
  { plan }: PlanSnapshot,
  segment: number,
): CustomerState['startInvoice'] {
  return (plan.baseAmountMinor ?? 0) > 0 ? { segment, stage: 'wanted' } : null;
}
