import { type Alert, withAlerts } from '../../../billing/alerts/alert.js';
import { alertsRaised, dueAlerts } from '../../../billing/alerts/due.js';
import type { Limit, Meter, Plan } from '../../../billing/catalogue.js';
import { countRow } from '../../../billing/limits/counting.js';
import type { SumRow } from '../../../billing/log.js';
import { DAY_MS } from '../../../billing/period.js';
import type { CustomerState } from '../../../billing/state.js';
import { customer, METERS, NOVEMBER_MS, open, row } from '../forecast/world.js';

/** A customer whose alerts are raised, in November 2026. */

/** Noon of November 11. */
export const NOW_MS = NOVEMBER_MS + 10 * DAY_MS + DAY_MS / 2;

/** A limit of 1,000 tokens a period of the whole customer. */
export function limit(change: Partial<Limit> = {}): Limit {
  return {
    id: 'cap',
    meters: ['tokens'],
    max: 1000,
    window: 'period',
    scope: 'customer',
    ...change,
  };
}

/** On a plan, nothing used, folded to the head of the log. */
export function alerted(
  plan: Partial<Plan>,
  meters: Readonly<Record<string, Meter>> = METERS,
): CustomerState {
  return { ...withAlerts(customer(plan, meters)), synced: true };
}

/** A row of tokens at `NOW_MS`, of a user. */
export function tokens(quantity: number, user?: string): SumRow {
  return row(NOW_MS, quantity, user === undefined ? {} : { user });
}

/** The customer after usage that limits count. */
export function counted(state: CustomerState, ...rows: readonly SumRow[]): CustomerState {
  const snapshot = state.snapshots['plan@1'];
  if (!snapshot) throw new Error('no snapshot');
  const where = { snapshot, zone: state.zone, period: open(state) };
  const counters = rows.reduce((all, each) => countRow(all, where, each), state.counters);
  return { ...state, counters };
}

/** Keys of what is due. */
export function keysOf(state: CustomerState, nowMs: number = NOW_MS): string[] {
  return dueAlerts(state, nowMs).map(({ key }) => key);
}

/** Everything that is due, raised; what it was. */
export function raise(
  state: CustomerState,
  nowMs: number = NOW_MS,
): { readonly state: CustomerState; readonly alerts: readonly Alert[] } {
  const alerts = dueAlerts(state, nowMs);
  return { state: alertsRaised(state, alerts, nowMs), alerts };
}
