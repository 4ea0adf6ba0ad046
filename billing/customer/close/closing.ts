import { happened } from '../../alerts/alert.js';
import { invoiceAlert } from '../../alerts/factAlerts.js';
import type { Bill, GivenCredit } from '../../bill.js';
import type { InvoiceBody, InvoiceReview } from '../../invoice.js';
import type { CustomerState, Segment, SegmentStage } from '../../state.js';
import { billOf, changeBill, isHeld } from '../invoice/bills.js';
import { creditItem } from '../invoice/credits.js';
import { carryItems, withLateBill } from '../invoice/items.js';
import { changeSegment } from '../periods/segments.js';
import type { StripeInvoiceView } from '../invoice/view.js';

/** What the state learns on an invoice's way from draft to money. Each function is total. */

function segmentOf(state: CustomerState, index: number): Segment | undefined {
  return state.segments.find((segment) => segment.index === index);
}

function billAt(state: CustomerState, index: number, late?: boolean): Bill | undefined {
  const segment = segmentOf(state, index);
  return segment && billOf(segment, late);
}

/** An invoice of our own stands at Stripe; null: there is nothing to bill, none was made. */
export function made(
  state: CustomerState,
  index: number,
  late: boolean | undefined,
  view: Pick<StripeInvoiceView, 'id' | 'status'> | null,
): CustomerState {
  const change = {
    stage: view ? 'complete' : 'empty',
    stripeInvoice: view?.id ?? null,
    final: view !== null && view.status !== 'draft',
  } as const;
  if (late) return withLateBill(state, index, { ...change, items: [] });
  return changeSegment(state, index, change);
}

/** Our items stand on the draft; `review`: why it must not be finalised yet. */
export function completed(
  state: CustomerState,
  index: number,
  late?: boolean,
  review?: InvoiceReview | null,
): CustomerState {
  const bill = billAt(state, index, late);
  if (!bill) return state;
  const reviewed = review ? { ...bill, review } : bill;
  const stage = isHeld(reviewed) && !bill.final ? 'inReview' : 'finalise';
  const told = bill.final && !late ? carryItems(state, index) : state;
  return changeBill(told, index, late, review ? { stage, review } : { stage });
}

/** The invoice is final, compared and stored: collect it, or hold it for an operator. */
export function compared(
  state: CustomerState,
  index: number,
  invoice: Pick<InvoiceBody, 'review'>,
  late?: boolean,
): CustomerState {
  const bill = billAt(state, index, late);
  if (!bill) return state;
  const { review } = invoice;
  // A command may have held it while it was compared.
  if (isHeld(review ? { ...bill, review } : bill)) {
    const change = review ? { review } : {};
    return changeBill(state, index, late, { stage: 'inReview', final: true, ...change });
  }
  const final = changeBill(state, index, late, { stage: 'collect', final: true });
  return told(final, index, 'invoice.finalized', late);
}

function told(
  state: CustomerState,
  index: number,
  type: 'invoice.finalized' | 'invoice.paid' | 'invoice.failed',
  late = false,
): CustomerState {
  const segment = segmentOf(state, index);
  return segment ? happened(state, invoiceAlert(type, segment, late)) : state;
}

/** Collection was asked for; a refused card leaves the customer past due. */
export function collected(
  state: CustomerState,
  index: number,
  refused: boolean,
  late?: boolean,
): CustomerState {
  const bill = billAt(state, index, late);
  if (!bill) return state;
  // A command may have held it just before: then only what is paid is done.
  const stage: SegmentStage = refused && isHeld(bill) ? 'inReview' : 'billed';
  const unpaid = refused ? 'retrying' : undefined;
  const billed = withDebts(changeBill(state, index, late, { stage, unpaid }));
  return told(billed, index, refused ? 'invoice.failed' : 'invoice.paid', late);
}

/** A customer is past due for as long as the payment of an invoice stands refused. */
function withDebts(state: CustomerState): CustomerState {
  const pastDue = state.segments.some(({ unpaid, lateInvoice }) => unpaid ?? lateInvoice?.unpaid);
  return { ...state, pastDue };
}

/** A credit of an operator was given, or refused for good. */
export function credited(
  state: CustomerState,
  index: number,
  late: boolean | undefined,
  credit: { readonly id: string } & Pick<GivenCredit, 'as' | 'refused'>,
): CustomerState {
  const bill = billAt(state, index, late);
  const { id, ...outcome } = credit;
  const before = bill?.given?.[id];
  if (!bill || !before || before.done) return state;
  const given = { ...bill.given, [id]: { ...before, ...outcome, done: true } };
  const segment = segmentOf(state, index);
  const { stripeInvoice } = bill;
  if (outcome.as !== 'item' || !segment || stripeInvoice === null) {
    return changeBill(state, index, late, { given });
  }
  const items = [...bill.items, creditItem(segment, stripeInvoice, id, before)];
  return changeBill(state, index, late, { given, items });
}

/**
 * The invoice was read anew: Stripe and the stored one have followed all commands up to `number`.
 * What Stripe has collected meanwhile is no debt any more; null: there is no invoice.
 */
export function attended(
  state: CustomerState,
  index: number,
  late: boolean | undefined,
  { number, view }: { readonly number: number; readonly view: StripeInvoiceView | null },
): CustomerState {
  const bill = billAt(state, index, late);
  if (!bill) return state;
  // Others have finalised a draft that waits here: it is compared, and waits on.
  const stage = view && isFinalisedByOthers(bill, view) ? 'finalise' : bill.stage;
  const seen = changeBill(state, index, late, { attended: number, look: undefined, stage });
  if (!view || !bill.unpaid) return seen;
  const unpaid = debtOf(bill, view);
  const settled = withDebts(changeBill(seen, index, late, { unpaid }));
  return unpaid === undefined ? told(settled, index, 'invoice.paid', late) : settled;
}

function isFinalisedByOthers({ stage, final }: Bill, { status }: StripeInvoiceView): boolean {
  return stage === 'inReview' && !final && status !== 'draft';
}

function debtOf(
  { unpaid }: Bill,
  { status, nextAttemptAtMs }: StripeInvoiceView,
): Bill['unpaid'] {
  if (status === 'paid' || status === 'void') return undefined;
  if (status === 'uncollectible') return 'givenUp';
  return nextAttemptAtMs === null ? 'givenUp' : unpaid;
}

/**
 * Something changed at Stripe: a draft that was missing may be there now, and a payment that was
 * refused may have come.
 */
export function stripeTouched(state: CustomerState): CustomerState {
  const segments = state.segments.map(touched);
  const changed = segments.some((segment, at) => segment !== state.segments[at]);
  return changed ? { ...state, segments } : state;
}

function touched(segment: Segment): Segment {
  const { lateInvoice } = segment;
  if (segment.stage === 'complete' && !segment.stripeInvoice && segment.close !== 'final') {
    return { ...segment, lookAgainAtMs: 0 };
  }
  if (isWatched(segment)) return { ...segment, look: true };
  if (!lateInvoice || !isWatched(lateInvoice)) return segment;
  return { ...segment, lateInvoice: { ...lateInvoice, look: true } };
}

/** Not paid when it was last seen, or a draft that waits: others may have moved it. */
function isWatched({ unpaid, look, stage, final }: Bill): boolean {
  if (look) return false;
  return unpaid !== undefined || (stage === 'inReview' && !final);
}
