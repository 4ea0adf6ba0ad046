import { DAY_MS, MINUTE_MS } from '../../period.js';
import type { CustomerState, Segment } from '../../state.js';
import { billOf } from '../invoice/bills.js';
import { owesLate } from '../invoice/late.js';
import { isTerminal } from '../periods/segments.js';
import type { Step } from './steps.js';

/** Steps on an invoice that exists or that we make ourselves, and when they are due. */

/** `late`: the invoice of late usage after a customer left. */
export interface BillStep {
  readonly kind: 'makeInvoice' | 'complete' | 'finalise' | 'collect' | 'attend';
  readonly segment: number;
  readonly late?: true;
}

/** A step and the customer's time it is due at, ms. */
export interface Due {
  readonly step: Step;
  readonly atMs: number;
}

/**
 * An event may be 35 days old and be dated 5 minutes ahead: after that no usage of a customer who
 * has left can come any more, and one invoice holds all that was late.
 */
export const LATE_INVOICE_AFTER_MS = 35 * DAY_MS + 5 * MINUTE_MS;

/** What is due on an invoice by the stage it is in; nothing in all other stages. */
export function billDues(segment: Segment, late = false): Due[] {
  const bill = billOf(segment, late);
  switch (bill?.stage) {
    case 'complete':
    case 'finalise':
    case 'collect':
      return [dueNow(bill.stage, segment, late)];
    default:
      return [];
  }
}

function dueNow(kind: BillStep['kind'], { index }: Segment, late: boolean): Due {
  const step: Step = { kind, segment: index, ...(late ? { late } : {}) };
  return { step, atMs: 0 };
}

/** Invoices that a command is about, or that something has happened to: they are read anew. */
export function attendDues(state: CustomerState): Due[] {
  return state.segments.flatMap((segment) =>
    [false, true].flatMap((late) => {
      const { asked = 0, attended = 0, look } = billOf(segment, late) ?? {};
      return asked > attended || look ? [dueNow('attend', segment, late)] : [];
    }),
  );
}

/** The newest segment that Stripe or we for Stripe bill; a trial is none. */
function lastBilled(state: CustomerState): Segment | undefined {
  return state.segments.findLast(({ stripe, trial }) => stripe !== null && !trial);
}

/**
 * Once a customer has left, late usage has no next draft: it gets an invoice of its own, when no
 * more can come. Who subscribes anew before that has it on the next draft.
 */
export function lateInvoiceDues(state: CustomerState): Due[] {
  const last = lastBilled(state);
  if (!last?.close || !isTerminal(last)) return [];
  if (last.lateInvoice) return billDues(last, true);
  if (!state.segments.some((segment) => owesLate(state, segment))) return [];
  const { step } = dueNow('makeInvoice', last, true);
  return [{ step, atMs: last.endMs + LATE_INVOICE_AFTER_MS }];
}

/** True while something of a closed segment is still to be billed or approved: it must stay. */
export function isStillOwed(state: CustomerState, segment: Segment): boolean {
  const { stage, lateInvoice } = segment;
  if (stage === 'inReview' || lateInvoice?.stage === 'inReview') return true;
  if (lateInvoice && !isTerminal(lateInvoice)) return true;
  if (owesLate(state, segment)) return true;
  const last = lastBilled(state);
  if (last !== segment || !last.close || lateInvoice) return false;
  return state.segments.some((other) => owesLate(state, other));
}
