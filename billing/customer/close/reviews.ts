import type { Bill } from '../../bill.js';
import { spikeOf } from '../../forecast/spike.js';
import type { InvoiceReview } from '../../invoice.js';
import type { CustomerState, Segment } from '../../state.js';
import { isMadeByUs } from '../invoice/bills.js';
import { sumMinor, usageLines } from '../invoice/prediction.js';
import { reportsOf, reportTarget, pricedMeters } from '../reporting/reporting.js';
import { awaitsSwap } from '../plans/turns.js';

/** Why an invoice waits for an operator before any money is collected (CONTRACT §4.6). */

/** A reason without the figures and the time, which are those of the invoice. */
export type Finding = Pick<InvoiceReview, 'reason' | 'detail'>;

/**
 * What a draft is held for before Stripe finalises it: a spike. Where the subscription waits for
 * other items, which its last invoice needs until then, it is finalised and held after that.
 */
export function draftFinding(state: CustomerState, segment: Segment): Finding | null {
  return awaitsSwap(state) ? null : spikeFinding(state, segment);
}

/** Usage far above what earlier periods came to, judged on the prediction. */
function spikeFinding(state: CustomerState, segment: Segment): Finding | null {
  const { earlierUsageMinor, final, approved = [] } = segment;
  if (!earlierUsageMinor || final || approved.includes('spike')) return null;
  const spike = spikeOf(sumMinor(usageLines(state, segment)), earlierUsageMinor);
  if (!spike) return null;
  const { usageMinor, referenceMinor } = spike;
  const detail = `usage comes to ${usageMinor}, earlier periods to ${referenceMinor}`;
  return { reason: 'spike', detail };
}

/**
 * What a final invoice is held for, the gravest first: reports that Stripe has not counted,
 * lines that differ, a spike, an earlier invoice that was never paid.
 */
export function finalFinding(
  state: CustomerState,
  segment: Segment,
  differing: readonly string[],
): Finding | null {
  if (isUnreported(state, segment)) {
    const detail = differing.join('; ') || 'reports are pending, in doubt or dead';
    return { reason: 'unreported', detail };
  }
  if (differing.length > 0) return { reason: 'mismatch', detail: differing.join('; ') };
  const spike = spikeFinding(state, segment);
  if (spike) return spike;
  const unpaid = state.segments.find(
    (earlier) => earlier.index < segment.index && earlier.unpaid === 'givenUp',
  );
  if (!unpaid) return null;
  return { reason: 'unpaid', detail: `Stripe gave up on the invoice of period ${unpaid.index}` };
}

/** The state as it was judged before spikes and debts held an invoice: for runs of that time. */
export function withoutGrounds(state: CustomerState): CustomerState {
  const segments = state.segments.map((segment) => ({
    ...segment,
    earlierUsageMinor: undefined,
    unpaid: undefined,
  }));
  return { ...state, segments };
}

/**
 * True when a report that is pending, unanswered or refused keeps what Stripe bills of a segment
 * from being all of it. Of one that we bill ourselves nothing depends on reports.
 */
export function isUnreported(state: CustomerState, segment: Segment): boolean {
  if (isMadeByUs(segment) || segment.trial) return false;
  return pricedMeters(state, segment).some(([meter, price]) => {
    const { intended, inDoubt, deadLetter } = reportsOf(segment, meter);
    const missing = reportTarget(state, segment, meter, price) > intended;
    return missing || deadLetter > 0 || inDoubt > 0;
  });
}

/** What was found on an invoice, and when. */
export interface Found {
  readonly finding: Finding | null;
  /** Customer's time, ms. */
  readonly nowMs: number;
}

/**
 * The reason it waits for, or has waited for: a new one before what stands, but what was approved
 * never takes the place of what holds it.
 */
export function reviewOf(
  { review, approved = [] }: Pick<Bill, 'review' | 'approved'>,
  { finding, nowMs }: Found,
  figures: Pick<InvoiceReview, 'predictedMinor' | 'stripeMinor'>,
): InvoiceReview | null {
  const standing = review ? { ...review, ...figures } : null;
  if (!finding) return standing;
  if (standing?.reason === finding.reason) return { ...standing, ...finding };
  if (standing && approved.includes(finding.reason)) return standing;
  return { ...finding, since: new Date(nowMs).toISOString(), ...figures };
}
