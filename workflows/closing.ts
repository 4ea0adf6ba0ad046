import { buildInvoice } from '../billing/customer/invoicing.js';
import type { InvoiceBody } from '../billing/invoice.js';
import { logActs, stripeActs } from './acts.js';
import { happen, type Life } from './life.js';
import { atStripe, partyOf, segmentOf } from './party.js';

/** The end of a close: finalise uncollected, compare, store, and only then collect. */

async function save(life: Life, segment: number, invoice: InvoiceBody): Promise<void> {
  const acts = logActs(`${invoice.reason} ${invoice.status}`);
  await acts.saveInvoice({ key: life.state.key, segment, invoice });
}

/** The subscription's first invoice: final and charged at Stripe at once; compared and stored. */
export async function invoiceStart(life: Life, index: number): Promise<void> {
  const party = partyOf(life.state);
  const segment = segmentOf(life.state, index);
  const { invoice: view } = await stripeActs('first invoice').holdInvoice({
    ...party,
    segment: atStripe(segment),
    reason: 'start',
  });
  if (!view) throw new Error('the first invoice of the subscription is not there yet');
  const invoice = buildInvoice(life.state, segment, 'start', view, party.nowMs);
  await save(life, index, invoice);
  happen(life, { type: 'startInvoiced' });
}

/** Finalises the draft uncollected and compares it line by line with the prediction. */
export async function finaliseSegment(life: Life, index: number): Promise<void> {
  const party = partyOf(life.state);
  const { stripeInvoice } = segmentOf(life.state, index);
  if (!stripeInvoice) throw new Error(`segment ${index} has no invoice to finalise`);
  const acts = stripeActs(`period ${index}, uncollected`);
  const { invoice: view } = await acts.finaliseInvoice({ ...party, invoice: stripeInvoice });
  const segment = segmentOf(life.state, index);
  const invoice = buildInvoice(life.state, segment, 'cycle', view, party.nowMs);
  await save(life, index, invoice);
  happen(life, { type: 'compared', segment: index, invoice });
}

/** Lets Stripe collect what was found equal, and stores how it ended. */
export async function collectSegment(life: Life, index: number): Promise<void> {
  const party = partyOf(life.state);
  const { stripeInvoice } = segmentOf(life.state, index);
  if (!stripeInvoice) throw new Error(`segment ${index} has no invoice to collect`);
  const acts = stripeActs(`period ${index}`);
  const collected = await acts.collectInvoice({ ...party, invoice: stripeInvoice });
  const segment = segmentOf(life.state, index);
  const invoice = buildInvoice(life.state, segment, 'cycle', collected.invoice, party.nowMs);
  await save(life, index, invoice);
  happen(life, { type: 'collected', segment: index, refused: collected.refused !== null });
}
