import type { Account } from '../account.js';
import { badParameter, badRequest } from '../http/failure.js';
import type { Params } from '../http/params.js';
import { newId } from '../state/ids.js';
import type { CreditNoteLine, Kinds } from '../state/records.js';

/** What a credit note takes back, and where that goes (CreditNotes.d.ts). */

type Invoice = Kinds['invoice'];

/** A credit note's amounts, minor units. */
export interface CreditNoteAmounts {
  readonly lines: readonly CreditNoteLine[];
  readonly amount: number;
  /** Takes off what is still to be paid. */
  readonly prePayment: number;
  /** Gives back what was paid: the sum of the three below. */
  readonly postPayment: number;
  readonly toBalance: number;
  readonly refunded: number;
  readonly outOfBand: number;
}

/**
 * Reads the amounts asked for. It first lowers what remains to be paid; the rest must be given back
 * to the last unit as credit, refund or out of band.
 */
export function creditNoteAmounts(
  account: Account,
  params: Params,
  invoice: Invoice,
): CreditNoteAmounts {
  const lines = linesOf(account, params, invoice);
  const amount = lines.reduce((sum, line) => sum + line.amount, 0);
  if (amount < 1) throw badParameter('amount', 'The amount must be greater than 0.');
  const before = account.store
    .group('creditNote', invoice.id)
    .filter((note) => note.status === 'issued')
    .reduce((sum, note) => sum + note.amount, 0);
  if (amount > invoice.total - before) {
    throw badRequest(`At most ${invoice.total - before} of this invoice can be credited.`);
  }
  const prePayment = Math.min(amount, invoice.status === 'paid' ? 0 : invoice.amount_remaining);
  const postPayment = amount - prePayment;
  const toBalance = notNegative(params, 'credit_amount');
  const refunded = notNegative(params, 'refund_amount');
  const outOfBand = notNegative(params, 'out_of_band_amount');
  if (toBalance + refunded + outOfBand !== postPayment) {
    const message =
      'The sum of credit_amount, refund_amount and out_of_band_amount must equal the ' +
      `post payment amount, ${postPayment}.`;
    throw badRequest(message);
  }
  refuseRefund(account, invoice, refunded);
  return { lines, amount, prePayment, postPayment, toBalance, refunded, outOfBand };
}

function notNegative(params: Params, key: string): number {
  const value = params.integer(key) ?? 0;
  if (value >= 0) return value;
  throw badParameter(key, 'This value must be greater than or equal to 0.');
}

function refuseRefund(account: Account, invoice: Invoice, refunded: number): void {
  if (refunded === 0) return;
  const earlier = account.store
    .group('refund', invoice.id)
    .reduce((sum, refund) => sum + refund.amount, 0);
  if (refunded <= invoice.amount_paid - earlier) return;
  throw badParameter('refund_amount', 'The refund is greater than what is left of the payment.');
}

function linesOf(account: Account, params: Params, invoice: Invoice): CreditNoteLine[] {
  const amount = params.integer('amount');
  const given = params.children('lines');
  if ((amount === undefined) === (given === undefined)) {
    const message = 'One of amount and lines must be given.';
    throw badParameter('amount', message, given ? 'parameters_exclusive' : 'parameter_missing');
  }
  if (amount !== undefined) return [blankLine('custom_line_item', amount, null)];
  return (given ?? []).map((line) =>
    line.needChoice('type', ['custom_line_item', 'invoice_line_item']) === 'custom_line_item'
      ? customLine(line)
      : invoiceLine(account, line, invoice),
  );
}

function customLine(params: Params): CreditNoteLine {
  const quantity = params.integer('quantity') ?? 1;
  const unitAmount = params.needInteger('unit_amount');
  const description = params.needText('description');
  return {
    ...blankLine('custom_line_item', quantity * unitAmount, description),
    quantity,
    unit_amount: unitAmount,
    unit_amount_decimal: String(unitAmount),
  };
}

function invoiceLine(account: Account, params: Params, invoice: Invoice): CreditNoteLine {
  const id = params.needText('invoice_line_item');
  const line = account.store.get('line', id);
  if (line?.invoice !== invoice.id) {
    throw badParameter(params.name('invoice_line_item'), `No such line on this invoice: ${id}`);
  }
  const amount = params.integer('amount') ?? line.amount;
  if (amount > line.amount) {
    throw badParameter(params.name('amount'), `The line is of ${line.amount} only.`);
  }
  const credited = blankLine('invoice_line_item', amount, line.description);
  return { ...credited, invoice_line_item: id };
}

function blankLine(
  type: 'custom_line_item' | 'invoice_line_item',
  amount: number,
  description: string | null,
): CreditNoteLine {
  return {
    id: newId('cnli'),
    object: 'credit_note_line_item',
    amount,
    description,
    discount_amount: 0,
    discount_amounts: [],
    livemode: false,
    metadata: {},
    pretax_credit_amounts: [],
    quantity: null,
    tax_rates: [],
    taxes: [],
    type,
    unit_amount: null,
    unit_amount_decimal: null,
  };
}
