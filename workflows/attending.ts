import type { StripeParty } from '../activities/contract.js';
import type { BillStep } from '../billing/customer/close/billSteps.js';
import { isHeld, reasonOf } from '../billing/customer/invoice/bills.js';
import { creditItem, creditLeftMinor, standingOf } from '../billing/customer/invoice/credits.js';
import { bodyOf, buildInvoice } from '../billing/customer/invoice/invoicing.js';
import type { StripeInvoiceView } from '../billing/customer/invoice/view.js';
import { stripeActs } from './acts.js';
import { billIn, saveBill } from './closing.js';
import { happen, type Life } from './life.js';
import { partyOf, segmentOf } from './party.js';

/** Follows what an operator has asked of an invoice, and what has happened to it at Stripe. */

/** Reads the invoice anew, gives the credits that wait, and stores it as it is then. */
export async function attend(life: Life, step: BillStep): Promise<void> {
  const { segment: index, late } = step;
  const bill = billIn(life.state, step);
  const number = bill.asked ?? 0;
  if (bill.stripeInvoice === null) {
    happen(life, { type: 'attended', segment: index, late, number, view: null });
    return;
  }
  const party = partyOf(life.state, segmentOf(life.state, index));
  const acts = stripeActs(isHeld(bill) ? 'held' : 'as it is');
  const input = { ...party, invoice: bill.stripeInvoice, hold: isHeld(bill) };
  let { invoice: view } = await acts.readInvoice(input);
  for (const [id, credit] of Object.entries(bill.given ?? {})) {
    if (!credit.done) view = await giveCredit(life, step, { id, party, view });
  }
  const segment = segmentOf(life.state, index);
  const reason = reasonOf(segment, late);
  const invoice =
    view.status === 'draft'
      ? bodyOf(life.state, segment, reason, view, { finding: null, nowMs: party.nowMs })
      : buildInvoice(life.state, segment, reason, view, party.nowMs);
  await saveBill(life, index, invoice);
  happen(life, { type: 'attended', segment: index, late, number, view });
}

interface Giving {
  readonly id: string;
  readonly party: StripeParty;
  readonly view: StripeInvoiceView;
}

/** An item while it is a draft, then a credit note; never more than is left of it. */
async function giveCredit(
  life: Life,
  step: BillStep,
  { id, party, view }: Giving,
): Promise<StripeInvoiceView> {
  const { segment: index, late } = step;
  const credit = billIn(life.state, step).given?.[id];
  if (!credit) return view;
  const { amountMinor, reason } = credit;
  const known = { segment: index, late };
  const leftMinor = creditLeftMinor(life.state, index, late, standingOf(view));
  if (amountMinor > leftMinor) {
    const refused = `${leftMinor} is left of it`;
    happen(life, { type: 'credited', ...known, credit: { id, refused } });
    return view;
  }
  const acts = stripeActs(`credit of ${amountMinor}`);
  if (view.status === 'draft') {
    const items = [creditItem(segmentOf(life.state, index), view.id, id, credit)];
    const { invoice } = await acts.completeDraft({ ...party, invoice: view.id, items });
    const stands = invoice.lines.some(({ kind, name }) => kind === 'ours' && name === 'credit');
    // Then it is to be a credit note, next time.
    if (!stands) throw new Error(`${view.id} was finalised before it took the credit`);
    happen(life, { type: 'credited', ...known, credit: { id, as: 'item' } });
    return invoice;
  }
  // Who has left has no next invoice that a balance would be good for.
  const note = { name: `note/${view.id}/${id}`, refund: life.state.stripe === null };
  const given = await acts.creditInvoice({
    ...party,
    ...note,
    invoice: view.id,
    amountMinor,
    reason,
  });
  const outcome = given.refused === null ? { as: 'note' as const } : { refused: given.refused };
  happen(life, { type: 'credited', ...known, credit: { id, ...outcome } });
  return given.invoice;
}

/** Gives a credit on an invoice that no segment kept is about. */
export async function giveNote(life: Life, id: string): Promise<void> {
  const note = life.state.notes?.[id];
  if (!note) return;
  const { stripeInvoice: invoice, amountMinor, reason } = note;
  const { refused } = await stripeActs(`credit of ${amountMinor}`).creditInvoice({
    ...partyOf(life.state),
    invoice,
    name: `note/${invoice}/${id}`,
    amountMinor,
    reason,
    refund: life.state.stripe === null,
  });
  happen(life, { type: 'noted', note: id, refused });
}
