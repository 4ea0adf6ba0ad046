import type { CustomerState, Segment } from '../state.js';
import { type Alert, timeText } from './alert.js';

/** Alerts of what a state plainly says, for as long as it says so. */

/** Frozen by the breaker or an operator: once for each freeze. */
export function frozenAlerts({ controls: { frozen } }: CustomerState): Alert[] {
  if (!frozen) return [];
  const { reason, sinceMs } = frozen;
  const details = { reason, since: timeText(sinceMs) };
  return [{ key: `customer.frozen/${sinceMs}`, type: 'customer.frozen', details, untilMs: 0 }];
}

/** Invoices that wait for an operator, and reports that Stripe has refused for good. */
export function segmentAlerts({ segments }: CustomerState): Alert[] {
  return segments.flatMap((segment) => [...reviewAlerts(segment), ...deadLetterAlerts(segment)]);
}

function reviewAlerts(segment: Segment): Alert[] {
  return segment.stage === 'inReview' ? [invoiceAlert('invoice.inReview', segment)] : [];
}

function deadLetterAlerts(segment: Segment): Alert[] {
  const refused = Object.entries(segment.reports).filter(([, { deadLetter }]) => deadLetter > 0);
  return refused.map(([meter, { deadLetter }]) => ({
    key: `report.deadLetter/${meter}/${segment.index}`,
    type: 'report.deadLetter',
    details: { meter, units: deadLetter, ...periodOf(segment) },
    untilMs: 0,
  }));
}

/** An alert about the invoice that a segment ends with. */
export function invoiceAlert(
  type: 'invoice.inReview' | 'invoice.finalized' | 'invoice.paid' | 'invoice.failed',
  segment: Segment,
): Alert {
  const { index } = segment;
  return { key: `${type}/${index}`, type, details: periodOf(segment), segment: index, untilMs: 0 };
}

function periodOf({ index, startMs, endMs }: Segment) {
  return { period: index, start: timeText(startMs), end: timeText(endMs) };
}
