import { type Forecast, forecastSentence } from '../../forecast/sentence.js';
import { type Course, spendAhead } from '../../forecast/spendAhead.js';
import { MINUTE_MS } from '../../period.js';
import { CREDITS_METER, microCreditsOf, shownQuantity, scaleOf } from '../../quantity.js';
import type { CustomerState, Segment } from '../../state.js';
import { predictedLines } from '../invoice/invoicing.js';
import { accruedMinor, sumMinor } from '../invoice/prediction.js';
import { billedUnits, pricedMeters } from '../reporting/reporting.js';
import { segmentAt, snapshotOf } from '../periods/segments.js';

/** Spend at the end of a period, were the recent days' pace to go on. */

/** Where a period is heading, and the same in words. */
export interface Projection extends Forecast {
  readonly sentence: string;
}

/**
 * Spend of a period at its end, whole minor units, base included: units so far, and for each
 * whole minute that is left the recent pace of each priced meter (`recentPace`: the last 7 days
 * and today so far), rated as an invoice is. `max` and `last` meters stay as they are; credits
 * first use up what is in the account. Low and high: the same at the slow and the fast pace.
 * Always accrued <= low <= projected <= high, for falling volume prices too; a period that is
 * over projects what has accrued.
 */
export function projection(state: CustomerState, segment: Segment, nowMs: number): Projection {
  const accruedAmountMinor = accruedMinor(state, segment);
  const minutes = Math.max(0, Math.floor((segment.endMs - nowMs) / MINUTE_MS));
  const ahead = spendAhead(state, segment, nowMs);
  const atEnd = (course: Course) => {
    if (minutes === 0) return accruedAmountMinor;
    const spend = Math.min(Number(ahead.at(course, minutes)), Number.MAX_SAFE_INTEGER);
    return Math.max(accruedAmountMinor, spend);
  };
  const projectedAmountMinor = atEnd('expected');
  const forecast = {
    accruedAmountMinor,
    projectedAmountMinor,
    lowAmountMinor: Math.min(projectedAmountMinor, atEnd('slow')),
    highAmountMinor: Math.max(projectedAmountMinor, atEnd('fast')),
  };
  const { currency } = snapshotOf(state, segment.plan);
  const end = { endMs: segment.endMs, zone: state.zone, nowMs };
  return { ...forecast, sentence: forecastSentence(forecast, currency, end) };
}

/** Whole minor units at the period's end at the recent pace; never below what has accrued. */
export function projectedMinor(state: CustomerState, segment: Segment, nowMs: number): number {
  return projection(state, segment, nowMs).projectedAmountMinor;
}

/** Units beyond what each price includes, by meter; credits as decimal strings. */
export function overIncluded(
  state: CustomerState,
  segment: Segment,
): Record<string, number | string> {
  const { meters } = snapshotOf(state, segment.plan);
  return Object.fromEntries(
    pricedMeters(state, segment).flatMap(([id, price]) => {
      const meter = meters[id];
      if (!meter || price.included === undefined) return [];
      const units = billedUnits(state, segment, id);
      const included =
        id === CREDITS_METER ? microCreditsOf(String(price.included)) : price.included;
      return [[id, shownQuantity(Math.max(0, units - included), scaleOf(meter))]];
    }),
  );
}

/** GET …/invoice-preview: the invoice to come as a draft, and where the period stands. */
export function invoicePreview(state: CustomerState, nowMs: number) {
  const segment = segmentAt(state, nowMs);
  const { currency } = snapshotOf(state, segment.plan);
  const { lines } = predictedLines(state, segment, 'cycle');
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
      ...projection(state, segment, nowMs),
      overIncluded: overIncluded(state, segment),
    },
  };
}
