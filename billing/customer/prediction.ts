import type { RatedLine } from '../invoice.js';
import { baseLines } from '../rating/rate.js';
import { rateMeter } from '../rating/rateMeter.js';
import type { CustomerState, Segment } from '../state.js';
import { pricedQuantity } from './pricedQuantity.js';
import { billedUnits, pricedMeters } from './reporting.js';
import { snapshotOf } from './segments.js';

/** What an invoice must say, computed from the fold alone. */

/** Usage lines of a segment at its frozen (or present) totals, in the order of the plan. */
export function usageLines(state: CustomerState, segment: Segment): RatedLine[] {
  const { meters } = snapshotOf(state, segment.plan);
  return pricedMeters(state, segment).flatMap(([meter, price]) => {
    const definition = meters[meter];
    if (!definition) return [];
    // Where Stripe finalised without us, its invoice holds what it had; the rest is late usage.
    const units = segment.billed[meter] ?? billedUnits(state, segment, meter);
    return rateMeter(meter, definition, price, pricedQuantity(meter, units));
  });
}

/** The base line of a segment's plan, none when it has no base amount. */
export function baseOf(state: CustomerState, segment: Segment): RatedLine[] {
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
