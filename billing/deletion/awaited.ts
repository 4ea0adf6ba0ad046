import { cellEntries } from '../cells.js';
import { attendDues, isStillOwed } from '../customer/close/billSteps.js';
import { noteDues } from '../customer/close/notes.js';
import { isTerminal } from '../customer/periods/segments.js';
import { statusOf } from '../customer/reads/row.js';
import { wantedStarts } from '../customer/plans/joining.js';
import { dueRecounts } from '../customer/reporting/recounting.js';
import { timeText } from '../alerts/alert.js';
import type { CustomerState, Segment } from '../state.js';

/** Whether a customer may be deleted: only one who has left, and with whom all is settled. */

/**
 * What a deletion still waits for, in words for the operator; empty: the customer can go. A
 * customer without Stripe has nothing to bill, so nothing of its periods is waited for.
 */
export function awaitedBeforeDeletion(state: CustomerState): readonly string[] {
  const { halted } = state;
  if (halted !== null) return [`an operator, for its log contradicts itself: ${halted}`];
  if (state.status !== 'canceled') return [`its cancellation; it is ${statusOf(state)}`];
  const awaited = [
    state.segments.flatMap((segment) => awaitedOf(state, segment)),
    wantedStarts(state).length > 0 ? ['the invoice of its first period'] : [],
    attendDues(state).length > 0 ? ['what was asked of an invoice, or has happened to it'] : [],
    noteDues(state).length > 0 ? ['a credit note'] : [],
    dueRecounts(state).length > 0 ? ['reports that are read anew'] : [],
    awaitedOfRequests(state),
    cellEntries(state.holds.open).length > 0 ? ['the end of its open reservations'] : [],
  ];
  return [...new Set(awaited.flat())];
}

function awaitedOf(state: CustomerState, segment: Segment): string[] {
  const of = `of the period from ${timeText(segment.startMs)}`;
  const bills = [segment, ...(segment.lateInvoice ? [segment.lateInvoice] : [])];
  if (segment.stripe && !isTerminal(segment)) return [`the invoice ${of}`];
  if (bills.some(({ stage }) => stage === 'inReview')) return [`approval of the invoice ${of}`];
  if (isStillOwed(state, segment)) return [`the invoice of late usage ${of}`];
  if (bills.some(({ unpaid }) => unpaid === 'retrying')) return [`payment of the invoice ${of}`];
  const credits = bills.flatMap(({ given = {} }) => Object.values(given));
  return credits.every(({ done }) => done) ? [] : ['a credit on an invoice'];
}

function awaitedOfRequests(state: CustomerState) {
  const { pending, leaving, overrun, wantedPage, openPage, clock } = state;
  const awaited: string[] = [];
  if (overrun) awaited.push('the end of a subscription at Stripe');
  if (pending || leaving || wantedPage) awaited.push('a request that Stripe has not answered');
  if (openPage?.checkout) awaited.push('the end of a checkout page that is open at Stripe');
  if (clock.goal) awaited.push('its test clock, which is on its way');
  return awaited;
}
