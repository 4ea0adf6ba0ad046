import { customerNow } from '../../billing/customer/clock.js';
import { pricedQuantity } from '../../billing/customer/reporting/pricedQuantity.js';
import { segmentAt, snapshotOf } from '../../billing/customer/periods/segments.js';
import {
  limitBody,
  type LimitBody,
  type UsageBody,
} from '../../billing/customer/reads/standing.js';
import { reachedAt } from '../../billing/forecast/reachedAt.js';
import { openHolds } from '../../billing/holds/book.js';
import { contextOf } from '../../billing/limits/contextOf.js';
import { heldByMeter } from '../../billing/limits/heldByMeter.js';
import { standingsOf } from '../../billing/limits/standings.js';
import { addRow, billableQuantity } from '../../billing/meters.js';
import type { CustomerState, MeterTotal, Segment } from '../../billing/state.js';
import type { LogReader } from '../../ledger/contract.js';
import { callerOf, operation, type Operation } from '../http/operation.js';
import { keyOf } from '../schemas/controls.js';
import { userPathSchema, userSchema } from '../schemas/user.js';
import { requireCustomer, type CustomerSources } from './read.js';

/** GET of one end user: what it used in the open period, and where its limits stand. */

/** What users are read from. */
export interface UserPorts extends CustomerSources {
  readonly now: () => number;
}

/** Usage dated before the first period counts at its start. */
function startOf(state: CustomerState, segment: Segment): number {
  return segment.startMs === state.firstPeriodStartMs ? 0 : segment.startMs;
}

/** Everything of one user in a period, added up as the period itself is. */
async function totalsOf(
  log: LogReader,
  state: CustomerState,
  segment: Segment,
  user: string | null,
): Promise<Record<string, MeterTotal>> {
  const { mode, customer } = state.key;
  const { meters } = snapshotOf(state, segment.plan);
  const span = { customer, fromMs: startOf(state, segment), toMs: segment.endMs };
  let totals: Record<string, MeterTotal> = {};
  for await (const { rows } of log.sums(mode, span)) {
    for (const row of rows) {
      if ((row.user ?? null) === user) totals = addRow(totals, meters, row);
    }
  }
  return totals;
}

async function usageOf(
  log: LogReader,
  state: CustomerState,
  user: string | null,
  nowMs: number,
): Promise<Record<string, UsageBody>> {
  if (state.segments.length === 0) return {};
  const segment = segmentAt(state, nowMs);
  const snapshot = snapshotOf(state, segment.plan);
  const totals = await totalsOf(log, state, segment, user);
  const own = openHolds(state).filter((hold) => hold.user === user);
  const held = heldByMeter(snapshot, own);
  return Object.fromEntries(
    Object.entries(snapshot.meters).map(([id, meter]) => {
      const quantity = pricedQuantity(id, billableQuantity(meter, totals[id]));
      return [id, { quantity, held: pricedQuantity(id, held[id] ?? 0) }];
    }),
  );
}

function limitsOf(state: CustomerState, user: string | null, nowMs: number): LimitBody[] {
  if (state.segments.length === 0) return [];
  return standingsOf(contextOf(state, nowMs), { user })
    .filter(({ scope }) => scope === 'user')
    .map((standing) => limitBody(standing, reachedAt(state, standing, nowMs)));
}

/** Declares the operation. */
export function getUser(ports: UserPorts): Operation {
  return operation({
    method: 'get',
    path: '/v1/customers/{id}/users/{user}',
    name: 'getCustomerUser',
    summary: 'Usage and limits of one end user in the open period; zeros for a new one',
    tag: 'Customers',
    access: 'secret',
    pathSchema: userPathSchema,
    answers: { 200: { description: 'The end user', schema: userSchema } },
    problems: ['invalid_request', 'not_found', 'unavailable'],
    async handle(call) {
      const state = await requireCustomer(ports, callerOf(call).mode, call.path.id);
      const user = keyOf(call.path.user);
      const nowMs = customerNow(state, ports.now());
      const usage = await usageOf(ports.log, state, user, nowMs);
      const limits = limitsOf(state, user, nowMs);
      return { status: 200, body: { user, usage, limits } };
    },
  });
}
