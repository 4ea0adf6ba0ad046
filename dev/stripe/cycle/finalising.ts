import type { Account } from '../account.js';
import { badRequest } from '../http/failure.js';
import { showInvoice } from '../resources/invoiceBody.js';
import type { Kinds } from '../state/records.js';
import { moveBalance, useOfBalance } from './balance.js';
import { settle } from './collecting.js';
import { setStatus, standingOn } from './standing.js';
import { rateUsage } from './usageLines.js';

type Invoice = Kinds['invoice'];

/** How a draft is finalised. */
export interface Finalising {
  readonly autoAdvance: boolean;
  /** False leaves the customer's balance alone: all of the total is due. */
  readonly useBalance?: boolean;
}

/**
 * Finalises a draft: usage lines are rated for the last time, the customer's balance is applied,
 * and it gets its number. Nothing is collected here, but an invoice with nothing due is paid.
 */
export function finalise(account: Account, id: string, at: number, how: Finalising): Invoice {
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
    ...(how.useBalance === false ? wholeDue(rated) : balanceApplied(account, rated, at)),
    auto_advance: how.autoAdvance,
  });
  account.emit('invoice.finalized', showInvoice(account, open), at);
  if (open.amount_due === 0) return settle(account, id, at);
  if (!how.autoAdvance && account.switches.uncollectedIsPastDue) {
    const subscription = standingOn(account, open);
    if (subscription?.status === 'active') setStatus(account, subscription.id, 'past_due', at);
  }
  return open;
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

function wholeDue(invoice: Invoice): Partial<Invoice> {
  const due = Math.max(0, invoice.total);
  return { amount_due: due, amount_remaining: due, ending_balance: invoice.starting_balance };
}

/** What is left of the balance stays on the customer. */
function balanceApplied(account: Account, invoice: Invoice, at: number): Partial<Invoice> {
  const { currency, total, starting_balance: starting } = invoice;
  const { due, ending } = useOfBalance(account, currency, total, starting);
  const customer = account.store.get('customer', invoice.customer ?? '');
  if (customer && ending !== starting) {
    const amountMinor = ending - starting;
    const move = { amountMinor, currency, at, invoice: invoice.id } as const;
    const type = ending > 0 ? 'invoice_too_small' : 'applied_to_invoice';
    moveBalance(account, customer.id, { ...move, type });
  }
  return { amount_due: due, amount_remaining: due, ending_balance: ending };
}
