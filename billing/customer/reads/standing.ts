import { creditsBody } from '../../credits/body.js';
import { reachedAt } from '../../forecast/reachedAt.js';
import { defaultSoftAmount } from '../../forecast/spike.js';
import { openHolds } from '../../holds/book.js';
import type { LimitStanding } from '../../limits/context.js';
import { contextOf } from '../../limits/contextOf.js';
import { heldByMeter } from '../../limits/heldByMeter.js';
import { standingsOf } from '../../limits/standings.js';
import { billableQuantity } from '../../meters.js';
import { paysInCredits } from '../../planMeters.js';
import type { CustomerState, Segment } from '../../state.js';
import { customerNow } from '../clock.js';
import { instantText } from '../invoice/invoicing.js';
import { accruedMinor } from '../invoice/prediction.js';
import { pricedQuantity } from '../reporting/pricedQuantity.js';
import { projectedMinor } from './projection.js';
import { pricedMeters } from '../reporting/reporting.js';
import { reportingRow, type ReportingRow } from '../reporting/reportingRow.js';
import { statusOf } from './row.js';
import { isPriced, segmentAt, snapshotOf } from '../periods/segments.js';

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
  /** Units, or minor units of a limit in money: then the others are exact decimal strings. */
  readonly max: number;
  readonly used: number | string;
  readonly held: number | string;
  readonly remaining: number | string;
  readonly enforcement: 'hard' | 'soft';
  readonly resetsAt: string | null;
  readonly reachedAt: string | null;
}

/** A reporting row as answers show it: whole units, credits as decimal strings. */
export type ReportingBody = Readonly<Record<keyof ReportingRow, number | string>>;

/** A customer as GET answers it. */
export function customerBody(state: CustomerState, realNowMs: number) {
  const nowMs = customerNow(state, realNowMs);
  const hasPeriod = state.segments.length > 0;
  const open = hasPeriod && state.status !== 'incomplete' ? segmentAt(state, nowMs) : null;
  return {
    id: state.key.customer,
    name: state.name,
    email: state.email,
    timezone: state.timezone,
    metadata: state.metadata,
    plan: state.plan,
    status: statusOf(state),
    scheduled: scheduledBody(state),
    trialEndsAt: trialEndsAt(state),
    now: instantText(nowMs),
    period: open && {
      start: instantText(open.startMs),
      end: instantText(open.endMs),
      index: open.index,
    },
    usage: open ? usageBody(state, open) : {},
    limits: open ? limitBodies(state, nowMs) : [],
    spend: open ? spendBody(state, open, nowMs) : null,
    credits: open ? creditsOf(state, open, nowMs) : null,
    controls: controlsBody(state),
    reporting: open ? reportingBody(state, open) : {},
    stripe: stripeBody(state),
    paused: pausedBody(state),
  };
}

/** What stands at Stripe: the subscription, or the customer alone that was linked. */
function stripeBody({ stripe, linkedCustomer }: CustomerState) {
  if (stripe) return { customer: stripe.customer, subscription: stripe.subscription };
  return linkedCustomer === undefined ? null : { customer: linkedCustomer, subscription: null };
}

/** Whether others have paused the collection of invoices at Stripe, and how. */
function pausedBody({ stripe, pause }: CustomerState) {
  if (!stripe || !pause) return null;
  const { behavior, resumesAtSeconds } = pause;
  const resumesAt = resumesAtSeconds === null ? null : instantText(resumesAtSeconds * 1000);
  return { behavior, resumesAt };
}

/** The trial under way ends there. */
function trialEndsAt({ status, segments }: CustomerState): string | null {
  const trial = status === 'trialing' ? segments.findLast((segment) => segment.trial) : undefined;
  return trial ? instantText(trial.endMs) : null;
}

/** What waits for the end of the period, as answers show it. */
function scheduledBody({ scheduled }: CustomerState) {
  if (!scheduled) return null;
  const { plan, atMs } = scheduled;
  return {
    action: plan === null ? 'cancel' : 'plan',
    plan: plan && { id: plan.id, version: plan.version },
    at: instantText(atMs),
  };
}

/** Every reported and derived meter of the plan with its quantity of the period. */
export function usageBody(state: CustomerState, segment: Segment): Record<string, UsageBody> {
  const snapshot = snapshotOf(state, segment.plan);
  const held = heldByMeter(snapshot, openHolds(state));
  return Object.fromEntries(
    Object.entries(snapshot.meters).map(([id, meter]) => {
      const units = billableQuantity(meter, segment.totals[id]);
      const quantity = pricedQuantity(id, units);
      return [id, { quantity, held: pricedQuantity(id, held[id] ?? 0) }];
    }),
  );
}

/** Limits of the whole customer; those of end users are asked for by user. */
function limitBodies(state: CustomerState, nowMs: number): LimitBody[] {
  return standingsOf(contextOf(state, nowMs)).map((standing) =>
    limitBody(standing, reachedAt(state, standing, nowMs)),
  );
}

/** One limit as answers show it; `reachedAtMs`: when it will be reached at the present pace. */
export function limitBody(standing: LimitStanding, reachedAtMs: number | null): LimitBody {
  const { amounts: _amounts, resetsAtMs, ...shown } = standing;
  return {
    ...shown,
    resetsAt: resetsAtMs === null ? null : instantText(resetsAtMs),
    reachedAt: reachedAtMs === null ? null : instantText(reachedAtMs),
  };
}

/** The account of a customer whose plan pays in credits. */
function creditsOf(state: CustomerState, segment: Segment, nowMs: number) {
  const { plan } = snapshotOf(state, segment.plan);
  return paysInCredits(plan) ? creditsBody(state.credits, nowMs) : null;
}

/** What is set for this customer beside the plan. */
function controlsBody({ controls }: CustomerState) {
  const { overage, spend, limits, grandfathered, frozen } = controls;
  return {
    overage,
    frozen: frozen !== null,
    reason: frozen?.reason ?? null,
    spend,
    limits,
    grandfathered,
  };
}

function spendBody(state: CustomerState, segment: Segment, nowMs: number) {
  const snapshot = snapshotOf(state, segment.plan);
  if (!isPriced(snapshot)) return null;
  const { spend } = snapshot.plan;
  const own = state.controls.spend;
  const usual = defaultSoftAmount(state.pace.closedSpendMinor);
  return {
    accruedAmountMinor: accruedMinor(state, segment),
    projectedAmountMinor: projectedMinor(state, segment, nowMs),
    softAmountMinor: own.softAmountMinor ?? spend?.softAmountMinor ?? usual,
    hardAmountMinor: own.hardAmountMinor ?? spend?.hardAmountMinor ?? null,
  };
}

/** One row per priced meter of the open period. */
function reportingBody(state: CustomerState, segment: Segment): Record<string, ReportingBody> {
  return Object.fromEntries(
    pricedMeters(state, segment).map(([id, price]) => {
      const row = reportingRow(state, segment, id, price);
      const shown = Object.entries(row).map(([name, units]) => [name, pricedQuantity(id, units)]);
      return [id, Object.fromEntries(shown) as ReportingBody];
    }),
  );
}
