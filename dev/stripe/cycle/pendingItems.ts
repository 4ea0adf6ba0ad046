import type { Account } from '../account.js';
import type { Kinds } from '../state/records.js';
import { putLine } from './lines.js';

type Invoice = Kinds['invoice'];
type InvoiceItem = Kinds['invoiceItem'];

const ADDED_LATER = 1_000_000;

/** Items of a customer that no invoice has taken, for a subscription or for any. */
export function pendingItems(
  account: Account,
  customer: string,
  subscription: string | null,
): InvoiceItem[] {
  return account.store.group('invoiceItem', customer).filter((item) => {
    const own = item.parent?.subscription_details?.subscription ?? null;
    return item.invoice === null && (own === null || own === subscription);
  });
}

/** Puts pending items on a new invoice: they come first, newest first (Invoices.d.ts `lines`). */
export function takePending(account: Account, invoice: Invoice, items: readonly InvoiceItem[]) {
  items.forEach((item, index) => putItem(account, invoice, item, items.length - index));
}

/** Puts an item on a draft that stands already: it comes last. */
export function addToDraft(account: Account, invoice: Invoice, item: InvoiceItem): void {
  const last = account.store
    .group('line', invoice.id)
    .reduce((highest, line) => Math.max(highest, line.hidden.order), ADDED_LATER);
  putItem(account, invoice, item, last + 1);
}

/** Writes a changed item onto its draft again, in its place. */
export function refreshItem(account: Account, invoice: Invoice, item: InvoiceItem): void {
  const line = account.store.group('line', invoice.id).find((row) => row.hidden.key === item.id);
  if (line) putItem(account, invoice, item, line.hidden.order);
}

function putItem(account: Account, invoice: Invoice, item: InvoiceItem, order: number): void {
  account.store.patch('invoiceItem', item.id, { invoice: invoice.id });
  const subscription = item.parent?.subscription_details?.subscription ?? null;
  const details = item.pricing?.price_details;
  putLine(account, invoice, {
    key: item.id,
    order,
    amountMinor: item.amount,
    quantity: item.quantity,
    quantityDecimal: item.quantity_decimal,
    unitAmountDecimal: item.pricing?.unit_amount_decimal ?? null,
    price: details ? { price: details.price, product: details.product } : null,
    description: item.description,
    period: item.period,
    metadata: item.metadata ?? {},
    parent: parentOf(item),
    subscription,
  });
}

/** What a change of a subscription item made belongs to that item (InvoiceLineItems.d.ts). */
function parentOf(item: InvoiceItem): Kinds['line']['parent'] {
  const owner = item.parent?.subscription_details ?? null;
  const about = { invoice_item: item.id, proration: item.proration, proration_details: null };
  const subscription = owner?.subscription ?? null;
  if (owner?.subscription_item) {
    return {
      invoice_item_details: null,
      subscription_item_details: {
        ...about,
        subscription,
        subscription_item: owner.subscription_item,
      },
      type: 'subscription_item_details',
    };
  }
  return {
    invoice_item_details: { ...about, subscription },
    subscription_item_details: null,
    type: 'invoice_item_details',
  };
}
