import type { Meter, Plan, PlanSnapshot } from '../../../billing/catalogue.js';
import { initialState } from '../../../billing/customer/initial.js';
import { keepPace } from '../../../billing/forecast/keepPace.js';
import type { LimitStanding } from '../../../billing/limits/context.js';
import type { SumRow } from '../../../billing/log.js';
import { addRow } from '../../../billing/meters.js';
import { DAY_MS } from '../../../billing/period.js';
import type { CustomerState, Segment } from '../../../billing/state.js';

/** A customer in November 2026, put together by hand. */

/** Start of the open period. */
export const NOVEMBER_MS = Date.UTC(2026, 10, 1);

/** Its end. */
export const DECEMBER_MS = Date.UTC(2026, 11, 1);

/** Meters of every aggregation that a forecast meets. */
export const METERS: Readonly<Record<string, Meter>> = {
  tokens: { name: 'Tokens', unit: 'token', aggregation: 'sum' },
  calls: { name: 'Calls', unit: 'call', aggregation: 'count' },
  peak: { name: 'Peak', unit: 'seat', aggregation: 'max' },
  level: { name: 'Level', unit: 'GB', aggregation: 'last' },
  large: { name: 'Large', unit: 'token', aggregation: 'sum', of: ['tokens'], where: { size: 'l' } },
  work: { name: 'Work', unit: 'unit', aggregation: 'sum', of: ['tokens', 'calls'] },
  requests: { name: 'Requests', unit: 'request', aggregation: 'count', of: ['tokens', 'calls'] },
  credits: {
    name: 'Credits',
    unit: 'credit',
    aggregation: 'sum',
    rates: [{ meter: 'tokens', creditsPerUnit: '0.5' }],
  },
};

/** Quantities near 2^53 would be too many micro-credits. */
export const TOKENS_ALONE: Readonly<Record<string, Meter>> = {
  tokens: { name: 'Tokens', unit: 'token', aggregation: 'sum' },
};

/** A snapshot of `plan@1`. */
export function snapshotOf(plan: Partial<Plan>, meters = METERS): PlanSnapshot {
  const full = { name: 'Pro', interval: 'month' as const, ...plan };
  return { id: 'plan', version: 1, revision: 1, currency: 'usd', meters, plan: full };
}

function november(): Segment {
  return {
    index: 0,
    startMs: NOVEMBER_MS,
    endMs: DECEMBER_MS,
    plan: { id: 'plan', version: 1 },
    stripe: null,
    totals: {},
    late: {},
    newest: {},
    frozen: false,
    reports: {},
    stage: 'open',
    final: false,
    stripeInvoice: null,
    billed: {},
    items: [],
    lookAgainAtMs: 0,
    flushSinceMs: 0,
    lateBilled: {},
    coveredMicroCredits: null,
  };
}

/** A customer on `plan@1` since November 1, nothing used. */
export function customer(plan: Partial<Plan>, meters = METERS): CustomerState {
  return {
    ...initialState({ mode: 'test', customer: 'acme', life: 1 }),
    status: 'active',
    plan: { id: 'plan', version: 1 },
    snapshots: { 'plan@1': snapshotOf(plan, meters) },
    firstPeriodStartMs: NOVEMBER_MS,
    anchorMs: NOVEMBER_MS,
    segments: [november()],
  };
}

/** A row of one event. */
export function row(atMs: number, quantity: number, more: Partial<SumRow> = {}): SumRow {
  const last = { atMs, id: `e-${atMs}`, quantity };
  const bucket = Math.floor(atMs / 60_000) * 60;
  return { bucket, meter: 'tokens', quantity, count: 1, max: quantity, last, ...more };
}

/** The customer after that usage: counted in the open period and in the pace. */
export function afterUse(state: CustomerState, rows: readonly SumRow[]): CustomerState {
  const snapshot = state.snapshots['plan@1'] as PlanSnapshot;
  const segment = state.segments[0] as Segment;
  const totals = rows.reduce(
    (sum, each) => addRow(sum, snapshot.meters, each),
    segment.totals as ReturnType<typeof addRow>,
  );
  const pace = rows.reduce((kept, each) => keepPace(kept, snapshot, each), state.pace);
  return { ...state, pace, segments: [{ ...segment, totals }] };
}

/** Rows of one event a day, at noon of November 1, 2, 3 … */
export function daily(units: readonly number[], more: Partial<SumRow> = {}): SumRow[] {
  return units.map((each, day) => row(NOVEMBER_MS + day * DAY_MS + DAY_MS / 2, each, more));
}

/** The open period of a customer. */
export function open(state: CustomerState): Segment {
  return state.segments[0] as Segment;
}

/** A standing of the whole customer in November: 560 of 2,000 left. */
export function standing(change: Partial<LimitStanding>): LimitStanding {
  return {
    id: 'limit',
    scope: 'customer',
    key: null,
    max: 2000,
    used: 1440,
    held: 0,
    remaining: 560,
    enforcement: 'hard',
    resetsAtMs: DECEMBER_MS,
    ...change,
  };
}
