import type { Account } from '../account.js';
import { moveBalance } from '../cycle/balance.js';
import { settle } from '../cycle/collecting.js';
import { badRequest, missing } from '../http/failure.js';
import { type Call, type Route, idAt } from '../http/call.js';
import { createdFilter, newestFirst, page, pageRequest } from '../http/pages.js';
import { newId } from '../state/ids.js';
import type { Kinds } from '../state/records.js';
import { listBody, withoutHidden } from '../wire.js';
import { type CreditNoteAmounts, creditNoteAmounts } from './creditNoteAmounts.js';
import { showInvoice } from './invoiceBody.js';
import { putRefund } from './refunds.js';

const REASONS = ['duplicate', 'fraudulent', 'order_change', 'product_unsatisfactory'] as const;

type CreditNote = Kinds['creditNote'];
type Invoice = Kinds['invoice'];

/** A credit note as it is answered, its lines in it. */
export function showCreditNote(note: CreditNote): object {
  const lines = listBody(`/v1/credit_notes/${note.id}/lines`, [...note.hidden.lines]);
  return { ...withoutHidden(note), lines };
}

/**
 * Corrects an invoice that is final: what is open is lowered, what is paid is credited or refunded
 * (docs.stripe.com/invoicing/dashboard/credit-notes, CreditNotes.d.ts).
 */
function create(call: Call): object {
  const { account, params } = call;
  const id = params.needText('invoice');
  const invoice = account.store.get('invoice', id);
  if (!invoice) throw missing('invoice', id, 'invoice');
  account.needStill(invoice.customer);
  if (invoice.status === 'draft' || invoice.status === 'void') {
    throw badRequest('A credit note is for an invoice that is final and not void.');
  }
  params.choice('email_type', ['credit_note', 'none']);
  const amounts = creditNoteAmounts(account, params, invoice);
  const note = putNote(call, invoice, amounts);
  lowerInvoice(account, invoice, amounts, note.created);
  account.emit('credit_note.created', showCreditNote(note), note.created);
  return showCreditNote(note);
}

function putNote({ account, params }: Call, invoice: Invoice, of: CreditNoteAmounts): CreditNote {
  const id = newId('cn');
  const at = account.now(invoice.customer);
  const refund = of.refunded > 0 ? putRefund(account, invoice, of.refunded, at) : null;
  const credit = of.toBalance > 0 ? credited(account, invoice, id, of.toBalance, at) : null;
  const earlier = account.store.group('creditNote', invoice.id).length;
  return account.store.put('creditNote', {
    id,
    object: 'credit_note',
    amount: of.amount,
    amount_shipping: 0,
    created: at,
    currency: invoice.currency,
    customer: invoice.customer ?? '',
    customer_account: null,
    customer_balance_transaction: credit,
    discount_amount: 0,
    discount_amounts: [],
    effective_at: at,
    hidden: { lines: of.lines },
    invoice: invoice.id,
    livemode: false,
    memo: params.text('memo') ?? null,
    metadata: params.metadata(),
    number: `${invoice.number}-CN-${String(earlier + 1).padStart(2, '0')}`,
    out_of_band_amount: of.outOfBand || null,
    pdf: `${account.url}/_sandbox/invoices/${invoice.id}`,
    post_payment_amount: of.postPayment,
    pre_payment_amount: of.prePayment,
    pretax_credit_amounts: [],
    reason: params.choice('reason', REASONS) ?? null,
    refunds: refund
      ? [{ amount_refunded: of.refunded, payment_record_refund: null, refund, type: 'refund' }]
      : [],
    shipping_cost: null,
    status: 'issued',
    subtotal: of.amount,
    subtotal_excluding_tax: of.amount,
    total: of.amount,
    total_excluding_tax: of.amount,
    total_taxes: [],
    type: of.prePayment === 0 ? 'post_payment' : of.postPayment === 0 ? 'pre_payment' : 'mixed',
    voided_at: null,
  });
}

function credited(account: Account, invoice: Invoice, note: string, amount: number, at: number) {
  const { currency, id } = invoice;
  const move = { amountMinor: -amount, currency, at, invoice: id, creditNote: note } as const;
  return moveBalance(account, invoice.customer ?? '', { ...move, type: 'credit_note' }).id;
}

/** Nothing left to pay: the invoice is paid. */
function lowerInvoice(account: Account, invoice: Invoice, of: CreditNoteAmounts, at: number): void {
  const lowered = account.store.patch('invoice', invoice.id, {
    amount_due: invoice.amount_due - of.prePayment,
    amount_remaining: invoice.amount_remaining - of.prePayment,
    pre_payment_credit_notes_amount: invoice.pre_payment_credit_notes_amount + of.prePayment,
    post_payment_credit_notes_amount: invoice.post_payment_credit_notes_amount + of.postPayment,
  });
  account.emit('invoice.updated', showInvoice(account, lowered), at);
  if (lowered.status !== 'paid' && lowered.amount_remaining === 0) settle(account, invoice.id, at);
}

function noteOf(call: Call): CreditNote {
  const note = call.account.store.get('creditNote', idAt(call, 0));
  if (!note) throw missing('credit_note', idAt(call, 0));
  return note;
}

/** Takes a credit note back while its invoice is open; what was given back stays given. */
function voidNote(call: Call): object {
  const { account } = call;
  const note = noteOf(call);
  const invoice = account.store.need('invoice', String(note.invoice));
  account.needStill(invoice.customer);
  if (note.status !== 'issued' || invoice.status !== 'open' || note.post_payment_amount > 0) {
    throw badRequest('Only an issued credit note of an open invoice can be voided.');
  }
  const at = account.now(invoice.customer);
  const raised = account.store.patch('invoice', invoice.id, {
    amount_due: invoice.amount_due + note.pre_payment_amount,
    amount_remaining: invoice.amount_remaining + note.pre_payment_amount,
    pre_payment_credit_notes_amount:
      invoice.pre_payment_credit_notes_amount - note.pre_payment_amount,
  });
  const voided = account.store.patch('creditNote', note.id, { status: 'void', voided_at: at });
  account.emit('invoice.updated', showInvoice(account, raised), at);
  account.emit('credit_note.voided', showCreditNote(voided), at);
  return showCreditNote(voided);
}

function list(call: Call): object {
  const { store } = call.account;
  const invoice = call.params.text('invoice');
  const customer = call.params.text('customer');
  const created = createdFilter(call.params);
  const rows = (invoice ? store.group('creditNote', invoice) : store.all('creditNote'))
    .filter((note) => !customer || note.customer === customer)
    .filter((note) => created(note.created));
  return page(call, newestFirst(rows), pageRequest(call.params), showCreditNote);
}

function listLines(call: Call): object {
  return page(call, noteOf(call).hidden.lines, pageRequest(call.params), (line) => line);
}

/** Endpoints of credit notes. */
export const creditNoteRoutes: readonly Route[] = [
  ['POST', '/v1/credit_notes', create],
  ['GET', '/v1/credit_notes', list],
  ['GET', '/v1/credit_notes/:id', (call) => showCreditNote(noteOf(call))],
  ['GET', '/v1/credit_notes/:id/lines', listLines],
  ['POST', '/v1/credit_notes/:id/void', voidNote],
];
