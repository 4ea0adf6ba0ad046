import type { Bill } from '../../bill.js';
import type { InvoiceReason } from '../../invoice.js';
import type { CustomerState, Segment } from '../../state.js';
import { changeSegment } from '../periods/segments.js';

/** The invoices of a segment: that of its period, and one of late usage after a customer left. */

/** One of them: `late` is the second. Undefined: there is none (yet). */
export function billOf(segment: Segment, late = false): Bill | undefined {
  return late ? segment.lateInvoice : segment;
}

/** Replaces fields of one invoice; without it nothing changes. */
export function changeBill(
  state: CustomerState,
  index: number,
  late: boolean | undefined,
  change: Partial<Bill>,
): CustomerState {
  if (!late) return changeSegment(state, index, change);
  const bill = state.segments.find((candidate) => candidate.index === index)?.lateInvoice;
  if (!bill) return state;
  return changeSegment(state, index, { lateInvoice: { ...bill, ...change } });
}

/** True while an operator is to look at it: held for a reason that nobody has approved. */
export function isHeld({ review, approved = [] }: Pick<Bill, 'review' | 'approved'>): boolean {
  return review !== undefined && !approved.includes(review.reason);
}

/** True for an invoice of a period that we make, not Stripe. */
export function isMadeByUs({ close, undrafted }: Segment): boolean {
  return close === 'final' || undrafted === true;
}

/** Why the invoice exists (CONTRACT §4.6). */
export function reasonOf(segment: Segment, late = false): Exclude<InvoiceReason, 'start'> {
  if (late) return 'late';
  return segment.close ? 'final' : 'cycle';
}
