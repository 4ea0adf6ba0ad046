import type { Account } from '../account.js';
import { badRequest } from '../http/failure.js';
import { showInvoice } from '../resources/invoiceBody.js';
import { newId } from '../state/ids.js';
import type { Kinds } from '../state/records.js';
import { settle } from './collecting.js';
import { rateUsage } from './usageLines.js';

type Invoice = Kinds['invoice'];

/**
 * Finalises a draft: usage lines are rated for the last time, the customer's balance is applied,
 * and it gets its number. Nothing is collected here, but an invoice with nothing due is paid.
 */
export function finalise(account: Account, id: string, at: number, autoAdvance: boolean): Invoice {
  const draft = account.store.need('invoice', id);
  if (draft.status !== 'draft') {
    const message = "This invoice is already finalized, you can't re-finalize a non-draft invoice.";
    throw badRequest(message, 'invoice_not_editable');
  }
  if (!draft.parent && account.store.group('line', id).length === 0) {
    throw badRequest('This invoice has no lines.', 'invoice_no_customer_line_items');
  }
  const lagMs = account.switches.finalisationLags ? account.switches.summaryLagMs : 0;
  const rated = rateUsage(account, id, lagMs);
  const open = account.store.patch('invoice', id, {
    ...openFields(account, rated, at),
    auto_advance: autoAdvance,
    ending_balance: applyBalance(account, rated, at),
  });
  account.emit('invoice.finalized', showInvoice(account, open), at);
  return open.amount_due === 0 ? settle(account, id, at) : open;
}

function openFields(account: Account, invoice: Invoice, at: number): Partial<Invoice> {
  const page = `${account.url}/_sandbox/invoices/${invoice.id}`;
  return {
    automatically_finalizes_at: null,
    effective_at: at,
    hosted_invoice_url: page,
    invoice_pdf: `${page}/pdf`,
    number: nextNumber(account, invoice),
    status: 'open',
    status_transitions: { ...invoice.status_transitions, finalized_at: at },
  };
}

function nextNumber(account: Account, invoice: Invoice): string | null {
  const customer = account.store.get('customer', invoice.customer ?? '');
  if (!customer) return null;
  const sequence = customer.next_invoice_sequence ?? 1;
  account.store.patch('customer', customer.id, { next_invoice_sequence: sequence + 1 });
  return `${customer.invoice_prefix}-${String(sequence).padStart(4, '0')}`;
}

/** Credit (negative) lowers what is due, debt raises it; what is left stays on the customer. */
function applyBalance(account: Account, invoice: Invoice, at: number): number {
  const ending = Math.min(0, invoice.total + invoice.starting_balance);
  const customer = account.store.get('customer', invoice.customer ?? '');
  if (!customer || ending === invoice.starting_balance) return ending;
  account.store.patch('customer', customer.id, { balance: ending });
  account.store.put('balanceTransaction', {
    id: newId('cbtxn'),
    object: 'customer_balance_transaction',
    amount: ending - invoice.starting_balance,
    checkout_session: null,
    created: at,
    credit_note: null,
    currency: invoice.currency,
    customer: customer.id,
    customer_account: null,
    description: null,
    ending_balance: ending,
    invoice: invoice.id,
    livemode: false,
    metadata: {},
    type: 'applied_to_invoice',
  });
  return ending;
}
