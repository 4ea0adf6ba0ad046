import type { Price } from '../../catalogue.js';
import type { RatedLine } from '../../invoice.js';
import { baseLines } from '../../rating/rate.js';
import { rateMeter } from '../../rating/rateMeter.js';
import { includedApart } from '../../rating/reportable.js';
import type { CustomerState, Segment } from '../../state.js';
import { isMadeByUs } from './bills.js';
import { pricedQuantity } from '../reporting/pricedQuantity.js';
import { billedUnits, pricedMeters, reportsOf } from '../reporting/reporting.js';
import { snapshotOf } from '../periods/segments.js';

/** What an invoice must say, computed from the fold alone. */

/** Usage lines of a segment at its frozen (or present) totals, in the order of the plan. */
export function usageLines(state: CustomerState, segment: Segment): RatedLine[] {
  return linesAt(state, segment, (meter) => {
    // Where Stripe finalised without us, its invoice holds what it had; the rest is late usage.
    return segment.billed[meter] ?? billedUnits(state, segment, meter);
  });
}

/** Usage lines as the segment's invoice has them: what Stripe was told can't be taken back. */
export function invoicedLines(state: CustomerState, segment: Segment): RatedLine[] {
  return linesAt(state, segment, (meter, price) => invoicedUnits(state, segment, meter, price));
}

/**
 * Units that the segment's invoice rates: those of its fence, or what Stripe was told where a
 * void left less than that; what Stripe finalised without us is what it had.
 */
export function invoicedUnits(
  state: CustomerState,
  segment: Segment,
  meter: string,
  price: Price,
): number {
  const billed = segment.billed[meter];
  if (billed !== undefined) return billed;
  const units = billedUnits(state, segment, meter);
  const { intended } = reportsOf(segment, meter);
  if (isMadeByUs(segment) || intended === 0) return units;
  return Math.max(units, intended + includedApart(meter, price));
}

function linesAt(
  state: CustomerState,
  segment: Segment,
  unitsOf: (meter: string, price: Price) => number,
): RatedLine[] {
  const { meters } = snapshotOf(state, segment.plan);
  return pricedMeters(state, segment).flatMap(([meter, price]) => {
    const definition = meters[meter];
    if (!definition || segment.trial) return [];
    return rateMeter(meter, definition, price, pricedQuantity(meter, unitsOf(meter, price)));
  });
}

/** The base line of a segment's plan; none without a base amount, or where others charge it. */
export function baseOf(state: CustomerState, segment: Segment): RatedLine[] {
  if (segment.trial || segment.noBase) return [];
  return baseLines(snapshotOf(state, segment.plan));
}

/** Sum of lines, whole minor units. */
export function sumMinor(lines: readonly { readonly amountMinor: number }[]): number {
  return lines.reduce((sum, line) => sum + line.amountMinor, 0);
}

/** A period's base amount and its usage so far, whole minor units. */
export function accruedMinor(state: CustomerState, segment: Segment): number {
  return sumMinor(baseOf(state, segment)) + sumMinor(usageLines(state, segment));
}
