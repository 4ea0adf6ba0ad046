import { noCells } from '../../../billing/cells.js';
import type { Limit, Meter, Plan, PlanSnapshot } from '../../../billing/catalogue.js';
import { NO_CONTROLS } from '../../../billing/controls.js';
import { NO_CREDITS } from '../../../billing/credits/account.js';
import { NO_PACE } from '../../../billing/forecast/pace.js';
import type { HoldAnswer, HoldAsk } from '../../../billing/holds/asks.js';
import { decide } from '../../../billing/holds/decide.js';
import { endHolds } from '../../../billing/holds/ends.js';
import { NO_HOLDS, type Holds } from '../../../billing/holds/hold.js';
import { countsReached } from '../../../billing/holds/requestDebit.js';
import { countRow } from '../../../billing/limits/counting.js';
import type { SettlePart } from '../../../billing/consumption.js';
import type { Quantities, SumRow } from '../../../billing/log.js';
import type { CustomerState, Segment } from '../../../billing/state.js';
import { UTC } from '../../../billing/windows/zone.js';
import { METERS } from '../contractCatalogue.js';

/** A customer in service, made by hand, and what a log would do to it. */

/** 2026-11-10T12:00:00Z, ms. */
export const NOON_MS = Date.UTC(2026, 10, 10, 12);

/** 500 tokens a day for the customer. */
export const DAILY: Limit = {
  id: 'daily',
  meters: ['tokens'],
  max: 500,
  window: 'day',
  scope: 'customer',
};

/** The contract's meters under a plan with these limits. */
export function planWith(
  limits: readonly Limit[],
  more: Partial<Plan> = {},
  meters: Readonly<Record<string, Meter>> = METERS,
): PlanSnapshot {
  const plan: Plan = { name: 'Test', interval: 'month', unlimited: ['images'], limits, ...more };
  return { id: 'test', version: 1, revision: 3, currency: 'usd', meters, plan };
}

function segment(): Segment {
  return {
    index: 0,
    startMs: Date.UTC(2026, 10, 1),
    endMs: Date.UTC(2026, 11, 1),
    plan: { id: 'test', version: 1 },
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

/** A customer on the plan, its log folded up to 7, its holds in epoch 5. */
export function customer(
  snapshot: PlanSnapshot = planWith([DAILY]),
  holds: Partial<Holds> = {},
  more: Partial<CustomerState> = {},
): CustomerState {
  return {
    shape: 2,
    key: { mode: 'test', customer: 'acme', life: 1 },
    mark: 7,
    ahead: [],
    head: 7,
    early: [],
    name: null,
    email: null,
    timezone: 'UTC',
    zone: UTC,
    controls: NO_CONTROLS,
    counters: {},
    holds: { ...NO_HOLDS, open: noCells(), epoch: 5, newestEpoch: 5, ...holds },
    credits: NO_CREDITS,
    pace: NO_PACE,
    metadata: {},
    status: 'active',
    plan: { id: 'test', version: 1 },
    snapshots: { 'test@1': snapshot },
    pending: null,
    answer: null,
    clock: { offsetMs: 0, goal: null, reached: 0 },
    anchorMs: Date.UTC(2026, 10, 1),
    anchorIndex: 0,
    stripe: null,
    firstPeriodStartMs: Date.UTC(2026, 10, 1),
    segments: [segment()],
    startInvoice: null,
    retry: null,
    testClockSeconds: 0,
    synced: true,
    savedRow: '',
    pastDue: false,
    halted: null,
    ...more,
  };
}

type ReserveAsk = Extract<HoldAsk, { type: 'reserve' }>;
type LeaseAsk = Extract<HoldAsk, { type: 'lease' }>;

/** An ask for `tokens` input tokens; the hash tells its quantity. */
export function ask(id: string, tokens: number, more: Partial<ReserveAsk> = {}): ReserveAsk {
  return {
    type: 'reserve',
    id,
    user: null,
    quantities: { input_tokens: tokens },
    properties: {},
    ttlMs: 60_000,
    hash: `tokens ${tokens}`,
    forSettle: false,
    ...more,
  };
}

/** A process's ask for a lease of up to `upTo` tokens in units of `unit`. */
export function leaseAsk(
  id: string,
  unit: number,
  upTo: number,
  more: Partial<LeaseAsk> = {},
): LeaseAsk {
  return {
    type: 'lease',
    id,
    user: null,
    properties: {},
    atLeast: { input_tokens: unit },
    upTo: { input_tokens: upTo },
    ttlMs: 70_000,
    hash: `lease ${unit} ${upTo}`,
    holder: 'p1',
    ...more,
  };
}

/** Decides one ask. */
export function decideOne(state: CustomerState, one: HoldAsk, nowMs = NOON_MS) {
  const { state: after, answers } = decide(state, [one], nowMs);
  return { state: after, answer: answers[0] as HoldAnswer };
}

/** The granted answer. @throws Error when it is another. */
export function granted(answer: HoldAnswer | undefined) {
  if (answer?.type !== 'granted') throw new Error(`not granted: ${JSON.stringify(answer)}`);
  return answer;
}

/** Grants one ask. @throws Error when it is not granted. */
export function grantOne(state: CustomerState, one: HoldAsk, nowMs = NOON_MS) {
  const decided = decideOne(state, one, nowMs);
  return { state: decided.state, grant: granted(decided.answer) };
}

/** Folds the parts of one settle: what was used counts at its holds' times, the holds end. */
export function settled(
  state: CustomerState,
  parts: readonly SettlePart[],
  properties: Readonly<Record<string, string>> = {},
  user?: string,
): CustomerState {
  const snapshot = state.snapshots['test@1'] as PlanSnapshot;
  const place = { snapshot, zone: state.zone, period: state.segments[0] as Segment };
  let { counters } = state;
  for (const part of parts) {
    for (const row of rowsOf(snapshot, part, properties, user)) {
      counters = countRow(counters, place, row);
    }
  }
  const ends = parts.flatMap(({ hold, settled: consumed }) => {
    if (hold === null) return [];
    return [consumed ? { hold, settled: consumed } : { hold }];
  });
  return endHolds({ ...state, counters }, ends);
}

function rowsOf(
  { meters }: PlanSnapshot,
  part: SettlePart,
  properties: Readonly<Record<string, string>>,
  user: string | undefined,
): SumRow[] {
  const count = part.counts ? 1 : 0;
  const row = (meter: string, quantity: number, more: Partial<SumRow>): SumRow => ({
    bucket: Math.floor(part.atMs / 5000) * 5,
    meter,
    ...(user === undefined ? {} : { user }),
    properties,
    quantity,
    count,
    max: quantity,
    last: { atMs: part.atMs, id: 'settle', quantity },
    ...more,
  });
  const counts = part.counts ? countsReached(meters, part.used, properties) : [];
  return [
    ...Object.entries(part.used).map(([meter, quantity]) => row(meter, quantity, {})),
    ...counts.map((meter) => row(meter, 1, { derived: true })),
  ];
}

/** Quantities of input tokens. */
export function tokens(quantity: number): Quantities {
  return { input_tokens: quantity };
}

/** The same customer with its period cut in two at `startMs`. */
export function inTwoPeriods(state: CustomerState, startMs: number): CustomerState {
  const whole = segment();
  const segments = [
    { ...whole, endMs: startMs },
    { ...whole, index: 1, startMs },
  ];
  return { ...state, segments };
}

/** Keys under which anything is held, over all counters. */
export function heldCells({ counters }: CustomerState): number {
  const buckets = Object.values(counters).flat();
  return buckets.reduce((sum, bucket) => sum + bucket.held.size, 0);
}
