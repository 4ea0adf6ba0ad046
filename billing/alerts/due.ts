import { contextOf } from '../limits/contextOf.js';
import { rulebookOf } from '../limits/rulebook.js';
import type { CustomerState } from '../state.js';
import type { Alert, DueAlert } from './alert.js';
import { frozenAlerts, segmentAlerts, trialAlerts } from './factAlerts.js';
import { limitAlerts } from './limitAlerts.js';
import { creditAlerts, spendAlerts } from './moneyAlerts.js';
import { overdueAlerts } from './overdueAlerts.js';

/** Which alerts are due: what stands now, without what was raised already. */

/** Alerts that one step raises; the rest comes with the next. */
export const ALERTS_A_STEP = 50;

/**
 * Alerts that a state remembers. Beyond them those of single users and property values are left
 * out until their windows end: of the customer itself there are never so many.
 */
export const REMEMBERED_MAX = 1_000;

/** What a state came to at an instant, kept for as long as the state: it is asked for twice. */
const known = new WeakMap<CustomerState, { readonly nowMs: number; readonly due: DueAlert[] }>();

/**
 * Alerts that are to be raised at the customer's time `nowMs`, in a fixed order: what happened,
 * then limits in the order of the plan with percentages ascending, spend, credits, freezes,
 * invoices and reports. None before the log is folded to its head once: what a rebuilt customer
 * passes through is long over.
 */
export function dueAlerts(state: CustomerState, nowMs: number): readonly DueAlert[] {
  if (!state.alerts || !state.synced) return [];
  const before = known.get(state);
  if (before?.nowMs === nowMs) return before.due;
  const due = alertsNow(state, nowMs);
  known.set(state, { nowMs, due });
  return due;
}

function alertsNow(state: CustomerState, nowMs: number): DueAlert[] {
  const { raised = {}, waiting = [] } = state.alerts ?? {};
  const all = [...waiting, ...standingAlerts(state, nowMs)];
  const isNew = ({ key }: Alert) => !Object.hasOwn(raised, key);
  const fresh = all.filter(isNew);
  if (fresh.length === 0) return [];
  const remembered = Object.values(raised).filter((untilMs) => untilMs > nowMs);
  const isFull = remembered.length >= REMEMBERED_MAX;
  const taken = isFull ? fresh.filter(isOfCustomer) : fresh;
  return taken.slice(0, ALERTS_A_STEP).map((alert) => ({ ...alert, atMs: nowMs }));
}

function isOfCustomer({ details }: Alert): boolean {
  return details['scope'] === undefined || details['scope'] === 'customer';
}

/** Everything that could be told of the state as it is, raised or not. */
function standingAlerts(state: CustomerState, nowMs: number): Alert[] {
  const ofState = [
    ...frozenAlerts(state),
    ...segmentAlerts(state),
    ...overdueAlerts(state, nowMs),
  ];
  if (state.segments.length === 0 || state.status === 'canceled') return ofState;
  const context = contextOf(state, nowMs);
  const rulebook = rulebookOf(context.snapshot);
  return [
    ...limitAlerts(context, rulebook),
    ...spendAlerts(context, rulebook, state.pace.closedSpendMinor),
    ...creditAlerts(context),
    ...trialAlerts(state, nowMs),
    ...ofState,
  ];
}

/**
 * The state after alerts were raised at `nowMs` (customer's time). What is over is forgotten; what
 * still stands never is, or it would be raised again.
 */
export function alertsRaised(
  state: CustomerState,
  alerts: readonly Pick<Alert, 'key' | 'untilMs'>[],
  nowMs: number,
): CustomerState {
  const { alerts: book } = state;
  if (!book) return state;
  const added = Object.fromEntries(alerts.map(({ key, untilMs }) => [key, untilMs]));
  const standing = new Set(standingAlerts(state, nowMs).map(({ key }) => key));
  const kept = Object.entries({ ...book.raised, ...added }).filter(
    ([key, untilMs]) => untilMs > nowMs || standing.has(key),
  );
  const waiting = book.waiting.filter(({ key }) => !Object.hasOwn(added, key));
  return { ...state, alerts: { ...book, raised: Object.fromEntries(kept), waiting } };
}
