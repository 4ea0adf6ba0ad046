import type { StripeParty } from '../activities/contract.js';
import type { Bill } from '../billing/bill.js';
import type { BillStep } from '../billing/customer/close/billSteps.js';
import { billOf, isHeld, reasonOf } from '../billing/customer/invoice/bills.js';
import { bodyOf, buildInvoice } from '../billing/customer/invoice/invoicing.js';
import { hasNothingToBill, sentItems } from '../billing/customer/invoice/items.js';
import { draftFinding, withoutGrounds } from '../billing/customer/close/reviews.js';
import type { StripeInvoiceView } from '../billing/customer/invoice/view.js';
import type { InvoiceBody } from '../billing/invoice.js';
import type { CustomerState, DraftItem, Segment } from '../billing/state.js';
import { logActs, stripeActs } from './acts.js';
import { happen, has, type Life } from './life.js';
import { atStripe, partyOf, segmentOf } from './party.js';

/** The end of a close: finalise uncollected, compare, store, and only then collect. */

/** Stores an invoice as it is shown. */
export async function saveBill(life: Life, segment: number, invoice: InvoiceBody): Promise<void> {
  const acts = logActs(`${invoice.reason} ${invoice.status}`);
  await acts.saveInvoice({ key: life.state.key, segment, invoice });
}

/** The invoice that a step is about. @throws Error when it is gone. */
export function billIn(state: CustomerState, { segment: index, late }: BillStep): Bill {
  const bill = billOf(segmentOf(state, index), late);
  if (!bill) throw new Error(`segment ${index} has no invoice of late usage`);
  return bill;
}

function stripeInvoiceOf(life: Life, step: BillStep): string {
  const { stripeInvoice } = billIn(life.state, step);
  if (stripeInvoice) return stripeInvoice;
  throw new Error(`segment ${step.segment} has no invoice to ${step.kind}`);
}

/** What an operator reads of an invoice in the Web UI. */
function titleOf({ segment, late }: BillStep): string {
  return late ? `late usage after period ${segment}` : `period ${segment}`;
}

/** The first invoice of a plan: final and charged at Stripe at once; compared and stored. */
export async function invoiceStart(life: Life, index: number): Promise<void> {
  const segment = segmentOf(life.state, index);
  const party = partyOf(life.state, segment);
  const { invoice: view } = await stripeActs('first invoice').holdInvoice({
    ...party,
    segment: atStripe(segment),
    reason: 'start',
  });
  if (!view) {
    // Where a trial has ended, the subscription may have ended with it.
    const before = life.state.segments.find((candidate) => candidate.index === index - 1);
    if (before?.trial) happen(life, { type: 'stripeChanged', adopts: true });
    throw new Error('the first invoice of the subscription is not there yet');
  }
  const final = view.status === 'draft' ? await chargeBase(party, view.id) : view;
  const invoice = buildInvoice(life.state, segment, 'start', final, party.nowMs);
  await saveBill(life, index, invoice);
  happen(life, { type: 'startInvoiced', segment: index });
}

/** Where a trial ends Stripe makes a draft with the base: it is charged like any first one. */
async function chargeBase(party: StripeParty, invoice: string): Promise<StripeInvoiceView> {
  const acts = stripeActs('base after the trial');
  await acts.finaliseInvoice({ ...party, invoice });
  return (await acts.collectInvoice({ ...party, invoice })).invoice;
}

/** Makes an invoice of our own, where there is something to bill. */
export async function makeInvoice(life: Life, step: BillStep): Promise<void> {
  const { segment: index, late } = step;
  if (hasNothingToBill(life.state, index, late)) {
    happen(life, { type: 'made', segment: index, late, view: null });
    return;
  }
  const segment = segmentOf(life.state, index);
  const { invoice } = await stripeActs(titleOf(step)).makeInvoice({
    ...partyOf(life.state, segment),
    segment: atStripe(segment),
    reason: reasonOf(segment, late),
    currency: currencyOf(life.state, segment),
  });
  happen(life, { type: 'made', segment: index, late, view: invoice });
}

function currencyOf(state: CustomerState, { plan }: Segment): string {
  return state.snapshots[`${plan.id}@${plan.version}`]?.currency ?? 'usd';
}

/** Puts our items on the draft, and stores it: held where its usage is a spike. */
export async function completeSegment(life: Life, step: BillStep): Promise<void> {
  const { segment: index, late } = step;
  happen(life, { type: 'itemsDecided', segment: index, late });
  const { stripeInvoice, final } = billIn(life.state, step);
  // Runs that began before drafts were stored sent items alone.
  if (!has(life, 'drafts')) return completeOnly(life, step);
  if (!stripeInvoice || final) return happenCompleted(life, step, null);
  const segment = segmentOf(life.state, index);
  const party = partyOf(life.state, segment);
  const items = sentItems(life.state, segment, late);
  if (life.frugal && isPlain(life, step, items)) return happenCompleted(life, step, null);
  const acts = stripeActs(`${items.length} items`);
  const { invoice: view } = await acts.completeDraft({ ...party, invoice: stripeInvoice, items });
  const now = segmentOf(life.state, index);
  const finding = late ? null : draftFinding(life.state, now);
  const found = { finding, nowMs: party.nowMs };
  const invoice = bodyOf(life.state, now, reasonOf(now, late), view, found);
  await saveBill(life, index, invoice);
  return happenCompleted(life, step, finding ? invoice.review : null);
}

/**
 * Nothing of ours is to stand on it and nothing holds it: it is read once it is final. While
 * collection is paused it stays a draft, and is shown as one.
 */
function isPlain({ state }: Life, step: BillStep, items: readonly DraftItem[]): boolean {
  if (items.length > 0 || state.pause || isHeld(billIn(state, step))) return false;
  return step.late === true || draftFinding(state, segmentOf(state, step.segment)) === null;
}

async function completeOnly(life: Life, step: BillStep): Promise<void> {
  const { items, stripeInvoice, final } = billIn(life.state, step);
  if (items.length > 0 && stripeInvoice && !final) {
    const acts = stripeActs(`${items.length} items`);
    const party = partyOf(life.state, segmentOf(life.state, step.segment));
    await acts.completeDraft({ ...party, invoice: stripeInvoice, items });
  }
  happenCompleted(life, step, null);
}

function happenCompleted(life: Life, step: BillStep, review: InvoiceBody['review']): void {
  const { segment, late } = step;
  happen(life, { type: 'completed', segment, late, review });
}

/** Finalises the draft uncollected and compares it line by line with the prediction. */
export async function finaliseSegment(life: Life, step: BillStep): Promise<void> {
  const { segment: index, late } = step;
  const stripeInvoice = stripeInvoiceOf(life, step);
  const party = partyOf(life.state, segmentOf(life.state, index));
  const acts = stripeActs(`${titleOf(step)}, uncollected`);
  const { invoice: view } = await acts.finaliseInvoice({ ...party, invoice: stripeInvoice });
  const state = has(life, 'drafts') ? life.state : withoutGrounds(life.state);
  const segment = segmentOf(state, index);
  const reason = reasonOf(segment, late);
  const invoice = buildInvoice(state, segment, reason, view, party.nowMs);
  await saveBill(life, index, invoice);
  happen(life, { type: 'compared', segment: index, late, invoice });
}

/** Lets Stripe collect what was found equal, and stores how it ended. */
export async function collectSegment(life: Life, step: BillStep): Promise<void> {
  const { segment: index, late } = step;
  const stripeInvoice = stripeInvoiceOf(life, step);
  const party = partyOf(life.state, segmentOf(life.state, index));
  const acts = stripeActs(titleOf(step));
  const collected = await acts.collectInvoice({ ...party, invoice: stripeInvoice });
  const segment = segmentOf(life.state, index);
  const reason = reasonOf(segment, late);
  const invoice = buildInvoice(life.state, segment, reason, collected.invoice, party.nowMs);
  await saveBill(life, index, invoice);
  happen(life, { type: 'collected', segment: index, late, refused: collected.refused !== null });
}
