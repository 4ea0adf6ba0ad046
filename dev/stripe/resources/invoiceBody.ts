import type { Account } from '../account.js';
import { newId } from '../state/ids.js';
import type { Kinds } from '../state/records.js';
import { listBody, withoutHidden } from '../wire.js';

const EMBEDDED_LINES = 10;

type Invoice = Kinds['invoice'];
type Line = Kinds['line'];

/** What a new invoice is made of. */
export interface InvoiceStart {
  readonly customer: Kinds['customer'];
  readonly subscription: Kinds['subscription'] | null;
  readonly currency: string;
  readonly reason: Invoice['billing_reason'];
  readonly created: number;
  readonly periodStart: number;
  readonly periodEnd: number;
  readonly autoAdvance: boolean;
  readonly finalizesAt: number | null;
  readonly usage: Invoice['hidden']['usage'];
}

/** A draft without lines. */
export function blankInvoice(start: InvoiceStart): Invoice {
  const { customer, subscription } = start;
  return {
    ...NOTHING_DUE,
    id: newId('in'),
    object: 'invoice',
    auto_advance: start.autoAdvance,
    automatically_finalizes_at: start.finalizesAt,
    billing_reason: start.reason,
    created: start.created,
    currency: start.currency,
    customer: customer.id,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    default_payment_method: null,
    hidden: { usage: start.usage },
    metadata: {},
    parent: subscription && {
      quote_details: null,
      subscription_details: { metadata: subscription.metadata, subscription: subscription.id },
      type: 'subscription_details',
    },
    period_end: start.periodEnd,
    period_start: start.periodStart,
    starting_balance: customer.balance,
    test_clock: customer.test_clock ?? null,
  };
}

/** Fields in which all new invoices are alike. */
const NOTHING_DUE = {
  account_country: 'US',
  account_name: 'Sandbox',
  account_tax_ids: null,
  amount_due: 0,
  amount_overpaid: 0,
  amount_paid: 0,
  amount_remaining: 0,
  amount_shipping: 0,
  application: null,
  attempt_count: 0,
  attempted: false,
  automatic_tax: {
    disabled_reason: null,
    enabled: false,
    liability: null,
    provider: null,
    status: null,
  },
  collection_method: 'charge_automatically',
  custom_fields: null,
  customer_account: null,
  customer_address: null,
  customer_shipping: null,
  customer_tax_exempt: 'none',
  customer_tax_ids: [],
  default_source: null,
  default_tax_rates: [],
  description: null,
  discounts: [],
  due_date: null,
  effective_at: null,
  ending_balance: null,
  footer: null,
  from_invoice: null,
  hosted_invoice_url: null,
  invoice_pdf: null,
  issuer: { type: 'self' },
  last_finalization_error: null,
  latest_revision: null,
  livemode: false,
  next_payment_attempt: null,
  number: null,
  on_behalf_of: null,
  payment_settings: {
    default_mandate: null,
    payment_method_options: null,
    payment_method_types: null,
  },
  post_payment_credit_notes_amount: 0,
  pre_payment_credit_notes_amount: 0,
  receipt_number: null,
  rendering: null,
  shipping_cost: null,
  shipping_details: null,
  statement_descriptor: null,
  status: 'draft',
  status_transitions: {
    finalized_at: null,
    marked_uncollectible_at: null,
    paid_at: null,
    voided_at: null,
  },
  subtotal: 0,
  subtotal_excluding_tax: 0,
  total: 0,
  total_discount_amounts: [],
  total_excluding_tax: 0,
  total_pretax_credit_amounts: [],
  total_taxes: [],
  webhooks_delivered_at: null,
} satisfies Partial<Invoice>;

/** Lines of an invoice in Stripe's order. */
export function linesOf(account: Account, invoice: string): Line[] {
  const lines = account.store.group('line', invoice);
  return lines.sort((a, b) => a.hidden.order - b.hidden.order);
}

/** A line as it is answered. */
export function showLine(line: Line): object {
  return withoutHidden(line);
}

/** An invoice as it is answered: the first ten lines are in it, the rest is listed apart. */
export function showInvoice(account: Account, invoice: Invoice): object {
  const lines = linesOf(account, invoice.id).map(showLine);
  const url = `/v1/invoices/${invoice.id}/lines`;
  const embedded = listBody(url, lines.slice(0, EMBEDDED_LINES), lines.length > EMBEDDED_LINES);
  return { ...withoutHidden(invoice), lines: { ...embedded, total_count: lines.length } };
}
