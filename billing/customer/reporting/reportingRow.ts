import type { Price } from '../../catalogue.js';
import { reportable } from '../../rating/reportable.js';
import type { CustomerState, Segment } from '../../state.js';
import {
  billedUnits,
  billedUnitsWithLate,
  reportsOf,
  reportTarget,
  unitsWithLate,
} from './reporting.js';

/** What became of one meter's usage of one segment; whole units, credits in micro-credits. */
export interface ReportingRow {
  /** What the log holds of it for billing: the sum of all others, always. */
  readonly ledger: number;
  readonly accepted: number;
  /** Not sent yet. */
  readonly pending: number;
  /** Sent and unanswered. */
  readonly inDoubt: number;
  /** Refused for good. */
  readonly deadLetter: number;
  /** Never reported: it costs nothing there, we bill it ourselves, or credits paid for it. */
  readonly withheld: number;
  /** Known after the segment closed; negative where a void took back what Stripe was told. */
  readonly late: number;
}

/**
 * The identity ledger = accepted + pending + inDoubt + deadLetter + withheld + late (DESIGN §6)
 * for a segment and a priced meter. Each number has a rule of its own but `pending`, which is
 * what is still to be told of R.
 */
export function reportingRow(
  state: CustomerState,
  segment: Segment,
  meter: string,
  price: Price,
): ReportingRow {
  const target = reportTarget(state, segment, meter, price);
  const ledger = unitsWithLate(state, segment, meter);
  const billable = segment.trial
    ? target
    : reportable(meter, price, billedUnitsWithLate(state, segment, meter));
  const ours = ownUnits(state, segment, meter, price) - target;
  const { accepted, inDoubt, deadLetter } = reportsOf(segment, meter);
  return {
    ledger,
    accepted,
    pending: target - accepted - inDoubt - deadLetter,
    inDoubt,
    deadLetter,
    withheld: ledger - billable + ours,
    late: billable - target - ours,
  };
}

/** Of a segment that we bill ourselves: what its invoice holds, told to Stripe or not. */
function ownUnits(
  state: CustomerState,
  segment: Segment,
  meter: string,
  price: Price,
): number {
  const { intended } = reportsOf(segment, meter);
  if (segment.close !== 'final' || segment.trial) {
    return reportTarget(state, segment, meter, price);
  }
  return Math.max(intended, reportable(meter, price, billedUnits(state, segment, meter)));
}
