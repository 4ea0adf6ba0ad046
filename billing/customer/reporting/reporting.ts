import type { Price } from '../../catalogue.js';
import { billableQuantity } from '../../meters.js';
import { CREDITS_METER } from '../../quantity.js';
import { reportable } from '../../rating/reportable.js';
import type { CustomerState, MeterTotal, ReportTotals, Segment } from '../../state.js';
import { addTotals } from '../../totals.js';
import { linkOf, snapshotOf } from '../periods/segments.js';
import { awaitsItems } from '../plans/turns.js';

/** What Stripe must be told: the growth of one number R per (segment, meter) (DESIGN §6). */

/** Customer's time between two reports of one meter while a period is open, ms. */
const REPORT_MS_MIN = 600_000;
/** The same where less than a thousand events wait: what is used rarely is told rarely. */
const REPORT_MS_MAX = 21_600_000;

/** One call for so many events at least, or none yet. */
const CALL_EVENTS_MIN = 1_000;

const NO_REPORTS: ReportTotals = {
  intended: 0,
  accepted: 0,
  inDoubt: 0,
  deadLetter: 0,
  lastAtMs: 0,
};

/** Reports of one meter so far. */
export function reportsOf(segment: Segment, meter: string): ReportTotals {
  return segment.reports[meter] ?? NO_REPORTS;
}

/** The priced meters of a segment, in the order of the plan. */
export function pricedMeters(
  state: CustomerState,
  segment: Segment,
): readonly (readonly [meter: string, price: Price])[] {
  return Object.entries(snapshotOf(state, segment.plan).plan.prices ?? {});
}

/**
 * Units of a meter that its price is asked for, of what stands before the segment's fence: by
 * the meter's aggregation; credits beyond all lots, in whole micro-credits.
 */
export function billedUnits(state: CustomerState, segment: Segment, meter: string): number {
  const units = unitsOf(state, segment, meter, segment.totals[meter]);
  if (meter !== CREDITS_METER) return units;
  const covered = segment.coveredMicroCredits;
  return covered === null ? uncovered(state, segment) : Math.max(0, units - covered);
}

/** The same with what came after the fence. */
export function billedUnitsWithLate(
  state: CustomerState,
  segment: Segment,
  meter: string,
): number {
  if (meter === CREDITS_METER) return uncovered(state, segment);
  return unitsWithLate(state, segment, meter);
}

/** Everything a segment used of a meter, what came after its fence included. */
export function unitsWithLate(state: CustomerState, segment: Segment, meter: string): number {
  const late = segment.late[meter];
  const total = late ? addTotals(segment.totals[meter], late) : segment.totals[meter];
  return unitsOf(state, segment, meter, total);
}

function uncovered(state: CustomerState, segment: Segment): number {
  return state.credits.uncovered[String(segment.index)] ?? 0;
}

function unitsOf(
  state: CustomerState,
  segment: Segment,
  meter: string,
  total: MeterTotal | undefined,
): number {
  const definition = snapshotOf(state, segment.plan).meters[meter];
  return definition ? billableQuantity(definition, total) : 0;
}

/**
 * R: what Stripe must hold in total of this meter. Reports never fall: at least what was sent.
 * Once nothing more is sent, it is just that.
 */
export function reportTarget(
  state: CustomerState,
  segment: Segment,
  meter: string,
  price: Price,
): number {
  const { intended } = reportsOf(segment, meter);
  if (segment.trial || segment.final || segment.close === 'final') return intended;
  const units = billedUnits(state, segment, meter);
  return Math.max(reportable(meter, price, units), intended);
}

/** One report that is due. */
export interface DueReport {
  readonly segment: Segment;
  readonly meter: string;
  readonly target: number;
  /** Customer's time it is due at, ms. */
  readonly atMs: number;
}

/** Reports of a segment that lag behind R, the first to send first. */
export function dueReports(state: CustomerState, segment: Segment): DueReport[] {
  if (!segment.stripe || !linkOf(state, segment) || segment.final) return [];
  if (segment.close === 'final' || segment.trial || awaitsItems(state, segment)) return [];
  const due: DueReport[] = [];
  for (const [meter, price] of pricedMeters(state, segment)) {
    if (!mayReport(state, segment, meter)) continue;
    const target = reportTarget(state, segment, meter, price);
    const reports = reportsOf(segment, meter);
    const open = reports.inDoubt > 0;
    if (target <= reports.intended && !open) continue;
    const everyMs = isWorthCall(state, segment, meter, target) ? REPORT_MS_MIN : REPORT_MS_MAX;
    due.push({ segment, meter, target, atMs: dueAt(segment, reports, everyMs) });
  }
  return due;
}

/** A `last` value is only known at the close; credits wait for what rolls over into the grant. */
function mayReport(state: CustomerState, segment: Segment, meter: string): boolean {
  const snapshot = snapshotOf(state, segment.plan);
  if (snapshot.meters[meter]?.aggregation === 'last') return segment.frozen;
  if (meter !== CREDITS_METER) return true;
  const previous = state.segments.find((candidate) => candidate.index === segment.index - 1);
  return previous === undefined || previous.frozen;
}

/**
 * True where about a thousand events wait, by the mean quantity of an event so far; where an
 * answer is open, it is asked for soon.
 */
function isWorthCall(
  state: CustomerState,
  segment: Segment,
  meter: string,
  target: number,
): boolean {
  const { intended, inDoubt } = reportsOf(segment, meter);
  const total = segment.totals[meter];
  if (!state.sparing || inDoubt > 0 || !total) return true;
  return (target - intended) * total.count >= CALL_EVENTS_MIN * total.quantity;
}

function dueAt(segment: Segment, reports: ReportTotals, everyMs: number): number {
  if (segment.stage === 'flush') return segment.endMs;
  return Math.max(segment.startMs, reports.lastAtMs) + everyMs;
}
