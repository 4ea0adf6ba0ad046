import type { ActingEntry } from '../log.js';
import type { Command } from '../command.js';
import { floorMinute } from '../period.js';
import type { CustomerState } from '../state.js';
import { foldRows } from './rows.js';
import { changeSegment, isPriced, planKey, startPlan } from './segments.js';
import { rollOver } from './credits.js';

type CommandOf<Type extends Command['type']> = Extract<Command, { type: Type }>;

/** Lets one entry act, when the mark reaches the group `number` it stands in. */
export function applyAct(state: CustomerState, number: number, act: ActingEntry): CustomerState {
  if (act.kind === 'command') return applyCommand(state, number, act.command);
  if (act.kind === 'fence' && act.fence.type === 'closed') {
    return closeSegment(state, act.fence.segment);
  }
  // Settles, voids and the fences that end holds act with the decisions that make them.
  return state;
}

/** What stands before this fence is the segment's invoice, for ever. */
function closeSegment(state: CustomerState, index: number): CustomerState {
  const segment = state.segments.find((candidate) => candidate.index === index);
  if (!segment || segment.frozen) return state;
  const stage = segment.stage === 'open' || segment.stage === 'freeze' ? 'flush' : segment.stage;
  return rollOver(changeSegment(state, index, { frozen: true, stage }), index);
}

function applyCommand(state: CustomerState, number: number, command: Command): CustomerState {
  switch (command.type) {
    case 'customer':
      return changeCustomer(state, number, command);
    case 'clock':
      return setGoal(state, number, command);
    case 'subscribed':
      return subscribed(state, command);
    case 'subscribeFailed':
      return subscribeFailed(state, command);
    default:
      return state;
  }
}

function changeCustomer(
  state: CustomerState,
  number: number,
  command: CommandOf<'customer'>,
): CustomerState {
  const { name, email, timezone, metadata } = command.details;
  const described: CustomerState = {
    ...state,
    name: name === undefined ? state.name : name,
    email: email === undefined ? state.email : email,
    timezone: timezone === undefined ? state.timezone : (timezone ?? 'UTC'),
    metadata: metadata === undefined ? state.metadata : (metadata ?? {}),
  };
  const plan = command.plan;
  if (!plan || state.pending) return described;
  if (state.plan && planKey(state.plan) === planKey(plan) && state.status !== 'incomplete') {
    return described;
  }
  if (isPriced(plan)) return askStripe(described, number, command);
  if (state.plan) return described;
  return begin(clocked(described, command), plan, floorMinute(command.anchorMs ?? command.atMs));
}

/** A test customer with an anchor lives from there on: its clock starts at the anchor. */
function clocked(state: CustomerState, command: CommandOf<'customer'>): CustomerState {
  if (command.anchorMs === undefined || state.key.mode !== 'test') return state;
  return { ...state, clock: { ...state.clock, offsetMs: command.anchorMs - command.atMs } };
}

/** A priced plan begins when Stripe has a subscription; until then nothing changes. */
function askStripe(
  state: CustomerState,
  number: number,
  command: CommandOf<'customer'>,
): CustomerState {
  if (!command.plan) return state;
  const first = state.plan === null;
  const anchorMs = first ? (command.anchorMs ?? null) : null;
  return {
    ...(first ? clocked(state, command) : state),
    pending: { request: number, plan: command.plan, atMs: command.atMs, anchorMs },
  };
}

function begin(
  state: CustomerState,
  plan: CommandOf<'subscribed'>['plan'],
  anchorMs: number,
): CustomerState {
  const early = state.early;
  return foldRows(startPlan({ ...state, early: [] }, plan, anchorMs), early);
}

function subscribed(state: CustomerState, command: CommandOf<'subscribed'>): CustomerState {
  const begun = begin(
    { ...state, stripe: command.stripe },
    command.plan,
    command.stripe.anchorSeconds * 1000,
  );
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

function subscribeFailed(
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

/** Goals add up: the later time, and the newest segment that must be done. */
function setGoal(
  state: CustomerState,
  number: number,
  command: CommandOf<'clock'>,
): CustomerState {
  const before = state.clock.goal;
  const goal = {
    request: number,
    toMs: Math.max(command.toMs, before?.toMs ?? command.toMs),
    segment: command.segment ?? before?.segment ?? null,
  };
  return { ...state, clock: { ...state.clock, goal } };
}
