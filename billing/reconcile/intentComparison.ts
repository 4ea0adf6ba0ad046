import type { Price } from '../catalogue.js';
import { billedUnits, pricedMeters, reportsOf } from '../customer/reporting/reporting.js';
import { snapshotOf } from '../customer/periods/segments.js';
import { groupDigits } from '../money.js';
import { CREDITS_METER } from '../quantity.js';
import { reportable } from '../rating/reportable.js';
import type { CustomerState, ReportTotals, Segment } from '../state.js';
import { foundOf, type Found } from './difference.js';
import type { ReportedUnits } from './usageComparison.js';

/** Stored reports against what the workflow knows of them, and against what the log allows. */

/** Reports of one (segment, meter) as they are stored. */
export interface StoredReports {
  readonly segment: number;
  readonly meter: string;
  readonly totals: ReportTotals;
  /** Units stored or sent that Stripe has not answered for. */
  readonly open: number;
}

/** The stages in which reports are sent, or will be. */
const UNTOLD = new Set<Segment['stage']>(['open', 'hold', 'freeze', 'flush']);

/** Adds up the stored reports of one (segment, meter). */
export function storedReports(
  { segment, meter }: Pick<StoredReports, 'segment' | 'meter'>,
  reports: readonly (ReportedUnits & { readonly storedAtMs: number })[],
): StoredReports {
  const sumOf = (...states: readonly ReportedUnits['state'][]) =>
    reports
      .filter(({ state }) => states.length === 0 || states.includes(state))
      .reduce((sum, { value }) => sum + value, 0);
  const totals: ReportTotals = {
    intended: sumOf(),
    accepted: sumOf('accepted'),
    inDoubt: sumOf('sent'),
    deadLetter: sumOf('deadLetter'),
    lastAtMs: Math.max(0, ...reports.map(({ storedAtMs }) => storedAtMs)),
  };
  return { segment, meter, totals, open: sumOf('stored', 'sent') };
}

/** The stages in which everything that is due has been told. */
const TOLD = new Set<Segment['stage']>(['collect', 'billed']);

/** True while a report can still reach the segment's invoice. */
export function canReport({ stripe, final, stage }: Segment): boolean {
  return stripe !== null && !final && UNTOLD.has(stage);
}

/** Priced meters of the segments that Stripe bills by reports. */
export function reportedMeters(
  state: CustomerState,
): readonly { readonly segment: Segment; readonly meter: string; readonly price: Price }[] {
  return state.segments
    .filter((segment) => segment.stripe !== null && !isTold(segment))
    .flatMap((segment) =>
      pricedMeters(state, segment).map(([meter, price]) => ({ segment, meter, price })),
    );
}

/** Trials and what we bill ourselves are never reported (CONTRACT §4.1, withheld). */
function isTold(segment: Segment): boolean {
  return segment.trial === true || segment.close === 'final';
}

/** What the workflow knows against the sums of the stored reports. */
export function knownDifferences(
  standing: CustomerState,
  { segment: index, meter, totals, open }: StoredReports,
): Found[] {
  const segment = standing.segments.find((candidate) => candidate.index === index);
  if (!segment) return [];
  const known = reportsOf(segment, meter);
  const subject = { where: 'intents', segment: index, meter } as const;
  // A meter that the workflow never reported has no sums to be read anew.
  const repair = Object.hasOwn(segment.reports, meter) ? ({ repair: 'tell' } as const) : {};
  const found: Found[] = [];
  // An open report is told once it is answered, whatever the outcome.
  const { intended } = known;
  if (intended > totals.intended || intended < totals.intended - open) {
    const detail = 'units in stored reports; the workflow knows another number';
    found.push({ ...foundOf(subject, totals.intended, intended, detail), ...repair });
  }
  if (known.accepted !== totals.accepted) {
    const detail = 'units in reports that Stripe accepted; the workflow knows another number';
    found.push({ ...foundOf(subject, totals.accepted, known.accepted, detail), ...repair });
  } else if (open > 0 && known.inDoubt === 0 && intended === totals.intended) {
    const detail = 'units in reports without an answer; the workflow holds them for answered';
    found.push({ ...foundOf(subject, open, 0, detail), ...repair });
  }
  return found;
}

/** R of the log alone: what Stripe must hold of a meter, before anything was reported. */
export function allowedUnits(fold: CustomerState, segment: Segment, meter: string): number {
  const own = fold.segments.find(({ index }) => index === segment.index);
  const price = snapshotOf(fold, segment.plan).plan.prices?.[meter];
  if (!own || !price) return 0;
  return reportable(meter, price, billedUnits(fold, own, meter));
}

/**
 * Stored reports against the log. Nothing more may be told than the log ever held: `mostUnits`,
 * the reportable quantity with nothing taken back by voids. Once a segment is billed by reports,
 * all of it must have been told.
 */
export function toldDifferences(
  fold: CustomerState,
  standing: CustomerState,
  { segment: index, meter, totals }: StoredReports,
  mostUnits: number,
): Found[] {
  const segment = standing.segments.find((candidate) => candidate.index === index);
  // Credits that are bought later pay for usage that was told: R may fall without a void.
  if (!segment || meter === CREDITS_METER) return [];
  const subject = { where: 'intents', segment: index, meter } as const;
  const { intended } = totals;
  if (intended > mostUnits) {
    const more = groupDigits(intended - mostUnits);
    const detail = `reports tell Stripe of ${more} more units than the log ever held; see explain`;
    return [foundOf(subject, mostUnits, intended, detail)];
  }
  const allowed = allowedUnits(fold, segment, meter);
  const byReports = TOLD.has(segment.stage) && segment.billed[meter] === undefined;
  if (!byReports || intended >= allowed) return [];
  const detail = 'units of a billed period that no report tells Stripe of';
  return [foundOf(subject, allowed, intended, detail)];
}
