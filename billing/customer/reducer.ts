import { alertsRaised } from '../alerts/due.js';
import { outOfService } from '../holds/serving.js';
import type { CustomerState } from '../state.js';
import { cancellationSynced, subscriptionSeen } from './subscription/adopting.js';
import { breakerEffects } from './breaking.js';
import type { BillResult, Change, Effect, StepResult } from './change.js';
import * as closing from './close/closing.js';
import { customerNow } from './clock.js';
import { healEffects, moneyEffects, passTime } from './due.js';
import { foldMessage, foldStretch, headRead } from './fold.js';
import { decideHolds, passHoldTime } from './holding.js';
import { wantRecount } from './reporting/recounting.js';
import { decideItems } from './invoice/items.js';
import { checkoutSeen } from './subscription/paging.js';
import { noted } from './close/notes.js';
import * as results from './close/results.js';

/** A state and what it wants done. */
export interface Reduced {
  readonly state: CustomerState;
  readonly effects: readonly Effect[];
}

/**
 * The one place in which a customer's state changes: `(state, change) -> {state, effects}`. Pure
 * and total: the same in the workflow, in a reader that folds the log on top of a standing, in
 * the models and the simulations. Never throws; what can't be folded halts the customer.
 */
export function reduce(state: CustomerState, change: Change): Reduced {
  switch (change.type) {
    case 'message':
      return wantingHeal(foldMessage(state, change.message));
    case 'stretch':
      return wantingHeal(foldStretch(state, change.stretch));
    case 'head':
      return wantingHeal(headRead(state, change.head, change.missing));
    case 'decide':
      return decideHolds(state, change);
    case 'time':
      return timeCome(state, change.realNowMs, change.random);
    case 'stripeChanged':
      return { state: touched(closing.stripeTouched(state), change.adopts), effects: [] };
    case 'recount':
      return { state: wantRecount(state, change.reports), effects: [] };
    case 'restored':
      return wantingHeal({ ...outOfService(state), synced: false });
    default:
      return { state: learnt(state, change), effects: [] };
  }
}

function touched(state: CustomerState, adopts = false): CustomerState {
  const isFollowed = state.stripe ?? state.openPage?.checkout;
  return adopts && isFollowed ? { ...state, lookAtStripe: true } : state;
}

/** Rounds of clock and holds at one instant; a hold that waits for its fence ends them. */
const CLOCK_ROUNDS = 100;

function wantingHeal(state: CustomerState): Reduced {
  return { state, effects: healEffects(state) };
}

/** Time acts on periods and clock first, then on holds; both say what they want next. */
function timeCome(state: CustomerState, realNowMs: number, random: string): Reduced {
  let passed = passTime(state, realNowMs);
  let held = passHoldTime(passed, realNowMs, random);
  // What holds have found out may let a clock go on; each round ends one wait at least.
  for (let round = 0; round < CLOCK_ROUNDS && held.state !== passed; round += 1) {
    passed = passTime(held.state, realNowMs);
    held = passHoldTime(passed, realNowMs, random);
  }
  const effects = [
    ...healEffects(held.state),
    ...held.effects,
    ...breakerEffects(held.state, customerNow(held.state, realNowMs)),
    ...moneyEffects(held.state, realNowMs),
  ];
  return { state: held.state, effects: withOneWake(effects) };
}

/** One timer at a time: the earliest of all wishes to be woken; none: for ever. */
function withOneWake(effects: readonly Effect[]): Effect[] {
  const wakes = effects.filter((effect) => effect.type === 'wakeAt');
  if (wakes.length === 0) return [...effects];
  const times = wakes.flatMap(({ realMs }) => (realMs === null ? [] : [realMs]));
  const realMs = times.length === 0 ? null : Math.min(...times);
  return [...effects.filter(({ type }) => type !== 'wakeAt'), { type: 'wakeAt', realMs }];
}

/** What the state learns from a step of the money lane. */
function learnt(state: CustomerState, result: StepResult): CustomerState {
  switch (result.type) {
    case 'rowSaved':
      return results.rowSaved(state, result.fingerprint);
    case 'alertsRaised':
      return alertsRaised(state, result.alerts, result.nowMs);
    case 'testClockMoved':
      return results.testClockMoved(state, result.nowSeconds);
    case 'checkoutSeen':
      return checkoutSeen(state, result.view);
    case 'subscriptionSeen':
      return subscriptionSeen(state, result.view);
    case 'cancellationSynced':
      return cancellationSynced(state, result);
    case 'planDropped':
      return { ...state, graceEndedMs: result.atMs };
    case 'startInvoiced':
      return results.startInvoiced(state, result.segment);
    case 'reported':
      return results.reported(
        state,
        result.segment,
        result.meter,
        result.totals,
        result.recount,
      );
    case 'looked':
      return results.looked(state, result.segment, result.view, result.nowMs);
    case 'summariesRead':
      return results.summariesRead(state, result.segment, result.equal, result.realNowMs);
    case 'itemsDecided':
    case 'made':
    case 'completed':
    case 'compared':
    case 'collected':
    case 'credited':
    case 'attended':
      return invoiceLearnt(state, result);
    case 'noted':
      return noted(state, result.note, result.refused);
    case 'stepFailed':
      return results.stepFailed(state, result);
    case 'stepDone':
      return results.stepDone(state, result.step);
    default:
      return state;
  }
}

/** The same of one that is about an invoice. */
function invoiceLearnt(state: CustomerState, result: BillResult): CustomerState {
  const { segment, late } = result;
  switch (result.type) {
    case 'itemsDecided':
      return decideItems(state, segment, late);
    case 'made':
      return closing.made(state, segment, late, result.view);
    case 'completed':
      return closing.completed(state, segment, late, result.review);
    case 'compared':
      return closing.compared(state, segment, result.invoice, late);
    case 'collected':
      return closing.collected(state, segment, result.refused, late);
    case 'credited':
      return closing.credited(state, segment, late, result.credit);
    case 'attended':
      return closing.attended(state, segment, late, result);
  }
}
