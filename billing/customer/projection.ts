import { divide, multiply } from '../decimal.js';
import { rateMeter } from '../rating/rateMeter.js';
import type { CustomerState, Segment } from '../state.js';
import { pricedQuantity } from './credits.js';
import { predictedLines } from './invoicing.js';
import { accruedMinor, baseOf, sumMinor } from './prediction.js';
import { billedUnits, pricedMeters } from './reporting.js';
import { openSegment, snapshotOf } from './segments.js';

/** Spend at the end of a period, were the rest used at the pace so far. */

/** Minutes of a period that are over, and all of them; at least one is over. */
function minutesOf(segment: Segment, nowMs: number) {
  const all = Math.max(1, Math.floor((segment.endMs - segment.startMs) / 60_000));
  const over = Math.floor((Math.min(nowMs, segment.endMs) - segment.startMs) / 60_000);
  return { all, over: Math.min(all, Math.max(1, over)) };
}

/** Whole minor units at the period's end at the pace so far; never below what has accrued. */
export function projectedMinor(state: CustomerState, segment: Segment, nowMs: number): number {
  const { all, over } = minutesOf(segment, nowMs);
  const { meters } = snapshotOf(state, segment.plan);
  const base = sumMinor(baseOf(state, segment));
  const projected = pricedMeters(state, segment).reduce((sum, [meter, price]) => {
    const definition = meters[meter];
    if (!definition) return sum;
    const units = billedUnits(state, segment, meter, segment.totals[meter]);
    const grown = Number(divide(multiply(String(units), String(all)), String(over), 0));
    const capped = Math.min(grown, Number.MAX_SAFE_INTEGER);
    return sum + sumMinor(rateMeter(meter, definition, price, pricedQuantity(meter, capped)));
  }, base);
  return Math.max(accruedMinor(state, segment), projected);
}

/** Units beyond what each price includes, by meter. */
function overIncluded(state: CustomerState, segment: Segment): Record<string, number> {
  return Object.fromEntries(
    pricedMeters(state, segment)
      .filter(([, price]) => price.included !== undefined)
      .map(([meter, price]) => {
        const units = billedUnits(state, segment, meter, segment.totals[meter]);
        return [meter, Math.max(0, units - (price.included ?? 0))];
      }),
  );
}

/** GET …/invoice-preview: the invoice to come as a draft, and where the period stands. */
export function invoicePreview(state: CustomerState, nowMs: number) {
  const segment = openSegment(state);
  const { currency } = snapshotOf(state, segment.plan);
  const { lines } = predictedLines(state, segment, 'cycle');
  const accruedAmountMinor = accruedMinor(state, segment);
  const projectedAmountMinor = projectedMinor(state, segment, nowMs);
  return {
    next: {
      customer: state.key.customer,
      plan: segment.plan,
      currency,
      reason: 'cycle' as const,
      status: 'draft' as const,
      lines,
      subtotalMinor: sumMinor(lines),
    },
    period: {
      accruedAmountMinor,
      projectedAmountMinor,
      lowAmountMinor: accruedAmountMinor,
      highAmountMinor: projectedAmountMinor,
      overIncluded: overIncluded(state, segment),
      sentence:
        `${accruedAmountMinor} ${currency} minor units so far, about ${projectedAmountMinor}` +
        ' by the end of the period at this pace.',
    },
  };
}
