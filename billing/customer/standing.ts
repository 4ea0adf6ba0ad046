import { billableQuantity } from '../meters.js';
import { CREDITS_METER } from '../quantity.js';
import { reportable } from '../rating/reportable.js';
import type { CustomerState, Segment } from '../state.js';
import { pricedQuantity } from './credits.js';
import { instantText } from './invoicing.js';
import { accruedMinor } from './prediction.js';
import { projectedMinor } from './projection.js';
import { billedUnits, pricedMeters, reportsOf } from './reporting.js';
import { statusOf } from './row.js';
import { isPriced, openSegment, snapshotOf } from './segments.js';
import { customerNow } from './clock.js';

/** Bodies of CONTRACT §4.1, made from the state alone. Times in RFC 3339, UTC. */

/** Usage of one meter: whole units, or credits as a decimal string. */
export interface UsageBody {
  readonly quantity: number | string;
  readonly held: number | string;
}

/** One limit as a customer sees it. */
export interface LimitBody {
  readonly id: string;
  readonly scope: string;
  readonly key: string | null;
  readonly max: number;
  readonly used: number;
  readonly held: number;
  readonly remaining: number;
  readonly enforcement: 'hard' | 'soft';
  readonly resetsAt: string | null;
  readonly reachedAt: string | null;
}

/** What Stripe was told of one meter; `ledger` is the sum of the others, always. */
export interface ReportingBody {
  readonly ledger: number;
  readonly accepted: number;
  readonly pending: number;
  readonly inDoubt: number;
  readonly deadLetter: number;
  readonly withheld: number;
  readonly late: number;
}

/** A customer as GET answers it. */
export function customerBody(state: CustomerState, realNowMs: number) {
  const nowMs = customerNow(state, realNowMs);
  const hasPeriod = state.segments.length > 0;
  const open = hasPeriod ? openSegment(state) : null;
  return {
    id: state.key.customer,
    name: state.name,
    email: state.email,
    timezone: state.timezone,
    metadata: state.metadata,
    plan: state.plan,
    status: statusOf(state),
    scheduled: null,
    trialEndsAt: null,
    now: instantText(nowMs),
    period: open && {
      start: instantText(open.startMs),
      end: instantText(open.endMs),
      index: open.index,
    },
    usage: open ? usageBody(state, open) : {},
    limits: open ? limitBodies(state, open) : [],
    spend: open ? spendBody(state, open, nowMs) : null,
    credits: null,
    controls: { overage: 'allow', frozen: false },
    reporting: open ? reportingBody(state, open) : {},
    stripe: state.stripe && {
      customer: state.stripe.customer,
      subscription: state.stripe.subscription,
    },
  };
}

/** Every reported and derived meter of the plan with its quantity of the period. */
export function usageBody(state: CustomerState, segment: Segment): Record<string, UsageBody> {
  const { meters } = snapshotOf(state, segment.plan);
  return Object.fromEntries(
    Object.entries(meters).map(([id, meter]) => {
      const units = billableQuantity(meter, segment.totals[id]);
      return [id, { quantity: pricedQuantity(id, units), held: id === CREDITS_METER ? '0' : 0 }];
    }),
  );
}

/** Limits of the whole customer over the period; other windows come with the decisions. */
function limitBodies(state: CustomerState, segment: Segment): LimitBody[] {
  const { plan, meters } = snapshotOf(state, segment.plan);
  return (plan.limits ?? []).flatMap((limit) => {
    if (limit.scope !== 'customer' || limit.window !== 'period' || limit.max === undefined) {
      return [];
    }
    const used = limit.meters.reduce((sum, id) => {
      const meter = meters[id];
      return meter ? sum + billableQuantity(meter, segment.totals[id]) : sum;
    }, 0);
    return [
      {
        id: limit.id,
        scope: limit.scope,
        key: null,
        max: limit.max,
        used,
        held: 0,
        remaining: Math.max(0, limit.max - used),
        enforcement: limit.enforcement ?? 'hard',
        resetsAt: instantText(segment.endMs),
        reachedAt: null,
      },
    ];
  });
}

function spendBody(state: CustomerState, segment: Segment, nowMs: number) {
  const snapshot = snapshotOf(state, segment.plan);
  if (!isPriced(snapshot)) return null;
  return {
    accruedAmountMinor: accruedMinor(state, segment),
    projectedAmountMinor: projectedMinor(state, segment, nowMs),
    softAmountMinor: snapshot.plan.spend?.softAmountMinor ?? null,
    hardAmountMinor: snapshot.plan.spend?.hardAmountMinor ?? null,
  };
}

/** One row per priced meter of the open period. */
function reportingBody(state: CustomerState, segment: Segment): Record<string, ReportingBody> {
  const { meters } = snapshotOf(state, segment.plan);
  return Object.fromEntries(
    pricedMeters(state, segment).flatMap(([id, price]) => {
      const meter = meters[id];
      if (!meter) return [];
      const ledger = billableQuantity(meter, segment.totals[id]);
      const target = reportable(id, price, billedUnits(state, segment, id, segment.totals[id]));
      const { accepted, inDoubt, deadLetter } = reportsOf(segment, id);
      const row: ReportingBody = {
        ledger,
        accepted,
        pending: target - accepted - inDoubt - deadLetter,
        inDoubt,
        deadLetter,
        withheld: ledger - target,
        late: 0,
      };
      return [[id, row]];
    }),
  );
}
