import type { Limit, Meter, Plan, PlanSnapshot } from '../../../billing/catalogue.js';
import { NO_CONTROLS } from '../../../billing/controls.js';
import { NO_CREDITS } from '../../../billing/credits/account.js';
import type { Hold } from '../../../billing/holds/hold.js';
import type { Asked, LimitContext } from '../../../billing/limits/context.js';
import { addHeld, countRow } from '../../../billing/limits/counting.js';
import type { Quantities, SumRow } from '../../../billing/log.js';
import { DAY_MS } from '../../../billing/period.js';
import { UTC } from '../../../billing/windows/zone.js';
import { METERS, snapshot } from '../contractCatalogue.js';

/** Customers under limits, for tests: usage and holds enter by the one way they have. */

/** 2026-11-10T12:00:00Z. */
export const NOON_MS = Date.UTC(2026, 10, 10, 12);

/** November 2026, index 4. */
export const NOVEMBER = {
  index: 4,
  startMs: Date.UTC(2026, 10, 1),
  endMs: Date.UTC(2026, 11, 1),
  totals: {},
};

/** A plan of limits alone. */
export function limitedPlan(limits: readonly Limit[], more: Partial<Plan> = {}): Plan {
  return { version: 1, name: 'Limited', interval: 'month', limits, ...more };
}

/** The snapshot of a plan under the contract's meters, or others. */
export function planOf(
  limits: readonly Limit[],
  more: Partial<Plan> = {},
  meters: Readonly<Record<string, Meter>> = METERS,
): PlanSnapshot {
  return snapshot(limitedPlan(limits, more), meters);
}

/** An active customer at noon of Nov 10 who has used nothing. */
export function contextFor(plan: PlanSnapshot, more: Partial<LimitContext> = {}): LimitContext {
  return {
    snapshot: plan,
    status: 'active',
    controls: NO_CONTROLS,
    zone: UTC,
    period: NOVEMBER,
    counters: {},
    credits: NO_CREDITS,
    pinned: {},
    nowMs: NOON_MS,
    ...more,
  };
}

/** An ask of these quantities. */
export function ask(quantities: Quantities, more: Partial<Asked> = {}): Asked {
  return { user: 'u_1', quantities, properties: {}, ...more };
}

/** One event's row, at the context's now unless told. */
export function rowOf(meter: string, quantity: number, more: Partial<SumRow> = {}): SumRow {
  const bucket = Math.floor(NOON_MS / 1000);
  const last = { atMs: bucket * 1000, id: 'e', quantity };
  return { bucket, meter, user: 'u_1', quantity, count: 1, max: quantity, last, ...more };
}

/** The same customer after usage. */
export function used(context: LimitContext, ...rows: readonly SumRow[]): LimitContext {
  const { snapshot: plan, zone, period } = context;
  const where = { snapshot: plan, zone, period: period ?? NOVEMBER };
  const counters = rows.reduce((all, row) => countRow(all, where, row), context.counters);
  return { ...context, counters };
}

/** A hold for an ask, granted at noon unless told. */
export function holdOf(asked: Asked, more: Partial<Hold> = {}): Hold {
  return {
    id: 'r_1',
    serial: 1,
    epoch: 1,
    kind: asked.kind ?? 'reservation',
    user: asked.user,
    properties: asked.properties,
    revision: 1,
    quantities: asked.quantities,
    settled: {},
    grantedAtMs: NOON_MS,
    expiresAtMs: NOON_MS + DAY_MS,
    since: 0,
    hash: '',
    holder: null,
    pins: [],
    ending: false,
    ...more,
  } as Hold;
}

/** The same customer with holds open. */
export function holding(context: LimitContext, ...holds: readonly Hold[]): LimitContext {
  const { snapshot: plan, zone, period } = context;
  const where = { snapshot: plan, zone, period: period ?? NOVEMBER };
  const counters = holds.reduce((all, hold) => addHeld(all, where, hold, 1), context.counters);
  return { ...context, counters };
}
