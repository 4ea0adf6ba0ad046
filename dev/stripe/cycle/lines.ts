import type { Account } from '../account.js';
import { newId } from '../state/ids.js';
import type { Kinds } from '../state/records.js';

type Invoice = Kinds['invoice'];
type Line = Kinds['line'];

/** What differs between lines. */
export interface LineContent {
  readonly key: string;
  readonly order: number;
  readonly amountMinor: number;
  readonly quantity: number;
  readonly quantityDecimal: string;
  readonly unitAmountDecimal: string | null;
  /** Price and product, where the line has them. */
  readonly price: { readonly price: string; readonly product: string } | null;
  readonly description: string | null;
  readonly period: { readonly start: number; readonly end: number };
  readonly metadata: Readonly<Record<string, string>>;
  readonly parent: Line['parent'];
  readonly subscription: string | null;
}

/** Adds a line, or replaces the one with the same key under its old id. */
export function putLine(account: Account, invoice: Invoice, content: LineContent): void {
  const former = account.store
    .group('line', invoice.id)
    .find((line) => line.hidden.key === content.key);
  account.store.put('line', {
    id: former?.id ?? newId('il'),
    object: 'line_item',
    amount: content.amountMinor,
    currency: invoice.currency,
    description: content.description,
    discount_amounts: [],
    discountable: content.parent?.type === 'subscription_item_details',
    discounts: [],
    hidden: { order: content.order, key: content.key },
    invoice: invoice.id,
    livemode: false,
    metadata: { ...content.metadata },
    parent: content.parent,
    period: content.period,
    pretax_credit_amounts: [],
    pricing: pricingOf(content),
    quantity: content.quantity,
    quantity_decimal: content.quantityDecimal,
    subscription: content.subscription,
    subtotal: content.amountMinor,
    taxes: [],
  });
}

function pricingOf(content: LineContent): Line['pricing'] {
  const unitAmount = content.unitAmountDecimal;
  if (!content.price) return { type: 'price_details', unit_amount_decimal: unitAmount };
  const { price, product } = content.price;
  return {
    price_details: { price, product },
    type: 'price_details',
    unit_amount_decimal: unitAmount,
  };
}

/** Where a line of a subscription item comes from. */
export function itemParent(subscription: string, item: string): Line['parent'] {
  return {
    invoice_item_details: null,
    subscription_item_details: {
      invoice_item: null,
      proration: false,
      proration_details: null,
      subscription,
      subscription_item: item,
    },
    type: 'subscription_item_details',
  };
}

/** Sums the lines into the draft's totals, the customer's balance taken into account. */
export function totalUp(account: Account, invoiceId: string): Invoice {
  const invoice = account.store.need('invoice', invoiceId);
  const lines = account.store.group('line', invoiceId);
  const total = lines.reduce((sum, line) => sum + line.amount, 0);
  const customer = invoice.customer ? account.store.get('customer', invoice.customer) : undefined;
  const balance = customer?.balance ?? 0;
  const due = Math.max(0, total + balance);
  return account.store.patch('invoice', invoiceId, {
    subtotal: total,
    subtotal_excluding_tax: total,
    total,
    total_excluding_tax: total,
    starting_balance: balance,
    amount_due: due,
    amount_remaining: due,
  });
}
