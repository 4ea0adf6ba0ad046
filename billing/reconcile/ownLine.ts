import { netLine } from '../customer/invoice/net.js';
import { pricedQuantity } from '../customer/reporting/pricedQuantity.js';
import { paidFromMs } from '../customer/invoice/items.js';
import { planKey, snapshotOf } from '../customer/periods/segments.js';
import { OVERRUN_CREDIT } from '../customer/plans/overrun.js';
import type { InvoiceLine } from '../invoice.js';
import { MINUTE_MS } from '../period.js';
import { baseChangeLine, unusedBaseLine } from '../rating/baseChange.js';
import { baseLines } from '../rating/rate.js';
import { rateMeter } from '../rating/rateMeter.js';
import type { Segment } from '../state.js';
import {
  checkStep,
  type Explained,
  type Ground,
  type LineExplanation,
  segmentStarting,
  type Step,
} from './explanation.js';
import { ratedUsage, type RatedUsage, shown } from './usageLine.js';

/** Lines that are no usage of the invoice's period: bases, late usage, what an operator gave. */

/** What a line is computed from anew. */
interface Recomputed {
  readonly text: string;
  readonly amountMinor: number;
}

/** Explains a line by its ref; a ref that nothing here knows is taken as it stands. */
export function explainOwn(
  ground: Ground,
  invoice: Explained,
  line: InvoiceLine,
): LineExplanation {
  const recomputed = recomputedOf(ground, invoice, line);
  if (!recomputed) return { steps: [givenStep(line)], recomputedMinor: null, equal: true };
  const { text, amountMinor } = recomputed;
  const figures = { amountMinor };
  const arithmetic: Step = { line: line.ref, step: 'arithmetic', text, figures };
  return {
    steps: [arithmetic, checkStep(line.ref, amountMinor, line.amountMinor)],
    recomputedMinor: amountMinor,
    equal: amountMinor === line.amountMinor,
  };
}

function givenStep({ ref, description, amountMinor }: InvoiceLine): Step {
  const by = ref.startsWith('stripe/') ? 'made by others at Stripe' : 'stands as it was given';
  const text = `${description || ref}: ${amountMinor}, ${by}`;
  return { line: ref, step: 'given', text, figures: { amountMinor } };
}

function recomputedOf(
  ground: Ground,
  invoice: Explained,
  line: InvoiceLine,
): Recomputed | null {
  if (line.ref === 'base') return baseOf(ground, invoice, line);
  if (line.ref === 'base/unused') return unusedBase(ground, invoice, line);
  if (line.ref === 'base/change') return baseChange(ground, line);
  if (line.ref === 'net') return net(ground, line);
  if (line.ref === 'credit') return credit(ground, invoice, line);
  return line.ref.startsWith('late/') ? late(ground, line) : null;
}

/** After a change at the period's end Stripe has charged the base of the plan before. */
function baseOf(ground: Ground, invoice: Explained, { period }: InvoiceLine): Recomputed {
  const { state } = ground;
  const { startMs, plan, basePlan } = orNext(ground, invoice, period.start);
  const charged = invoice.reason === 'start' ? plan : (basePlan ?? plan);
  const snapshot = snapshotOf(state, charged);
  const amountMinor = baseLines(snapshot).reduce((sum, line) => sum + line.amountMinor, 0);
  const from = new Date(startMs).toISOString().slice(0, 10);
  const text = `1 x ${amountMinor}, ${snapshot.id}@${snapshot.version} from ${from} in advance`;
  return { text, amountMinor };
}

/**
 * The period to come may not be in the log yet: it is one of the last period's plan. One that
 * Stripe alone has begun never is.
 */
function orNext(ground: Ground, invoice: Explained, startText: string): Segment {
  const startMs = Date.parse(startText);
  const own = segmentStarting(ground, invoice.period.start);
  if (own.close === 'overrun') return { ...own, startMs, basePlan: own.plan };
  // Stripe has charged ahead for the first of them; a change in that minute had its own `start`.
  const known = ground.state.segments.find(
    (segment) =>
      segment.startMs === startMs &&
      (invoice.reason !== 'start' || planKey(segment.plan) === planKey(invoice.plan)),
  );
  return known ?? { ...own, startMs };
}

function unusedBase(
  { state }: Ground,
  invoice: Explained,
  { period }: InvoiceLine,
): Recomputed | null {
  const [cutMs, endMs] = [Date.parse(period.start), Date.parse(period.end)];
  const ended = state.segments.filter((candidate) => candidate.endMs === cutMs);
  // One of no time ends where the one before it does.
  const ofPlan = ended.findLast(({ plan }) => planKey(plan) === planKey(invoice.plan));
  const segment = ofPlan ?? ended.at(-1);
  if (!segment) return null;
  const { plan } = snapshotOf(state, segment.plan);
  const [left, all] = [cutMs, paidFromMs(segment)].map((fromMs) => (endMs - fromMs) / MINUTE_MS);
  const line = unusedBaseLine(plan, left ?? 0, all ?? 0);
  const base = plan.baseAmountMinor ?? 0;
  const text = `-(${base} x ${shown(left ?? 0)} minutes left / ${shown(all ?? 0)}), rounded`;
  return { text, amountMinor: line?.amountMinor ?? 0 };
}

function baseChange(ground: Ground, { period }: InvoiceLine): Recomputed | null {
  const { state } = ground;
  const next = state.segments.find(({ startMs }) => startMs === Date.parse(period.start));
  if (!next?.basePlan) return null;
  const [from, to] = [next.basePlan, next.plan].map((plan) => snapshotOf(state, plan).plan);
  if (!from || !to) return null;
  const text = `${to.baseAmountMinor ?? 0} - ${from.baseAmountMinor ?? 0}, new base - charged base`;
  return { text, amountMinor: baseChangeLine(from, to)?.amountMinor ?? 0 };
}

function net(ground: Ground, { period }: InvoiceLine): Recomputed | null {
  const segment = segmentStarting(ground, period.start);
  if (!segment.netAgainst) return null;
  const { id, version } = segment.netAgainst;
  const text = `-(this bill - the same usage under ${id}@${version}), the first after a migration`;
  return { text, amountMinor: netLine(ground.state, segment)?.amountMinor ?? 0 };
}

/**
 * A command in the log gives it. Null where the log alone shows none of that amount in the period
 * (time alone may have opened it): what can't be computed anew is not called wrong.
 */
function credit(ground: Ground, { period }: Explained, line: InvoiceLine): Recomputed | null {
  const { given = {} } = segmentStarting(ground, period.start);
  const found = Object.entries(given).find(([, { amountMinor }]) => {
    return amountMinor === -line.amountMinor;
  });
  if (!found) return null;
  const [id, { amountMinor, reason }] = found;
  const by = id === OVERRUN_CREDIT ? 'given back' : `given by an operator (${id})`;
  return { text: `${by}: ${reason}`, amountMinor: -amountMinor };
}

/** rate(billed + late so far) - rate(billed + late before), under the price of its own period. */
function late(ground: Ground, line: InvoiceLine): Recomputed | null {
  const meter = line.ref.slice('late/'.length);
  const segment = segmentStarting(ground, line.period.start);
  const usage = ratedUsage(ground, segment, meter);
  if (!usage) return null;
  const from = usage.units + ground.lateBefore(line, segment);
  const to = from + Number(line.quantity);
  const [costTo, costFrom] = [costOf(usage, to), costOf(usage, from)];
  const { id, version } = segment.plan;
  const text = `${id}@${version} at ${to} units ${costTo} - at ${from} units ${costFrom}`;
  return { text, amountMinor: costTo - costFrom };
}

function costOf({ meter, definition, price }: RatedUsage, units: number): number {
  const lines = rateMeter(meter, definition, price, pricedQuantity(meter, units));
  return lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
}
