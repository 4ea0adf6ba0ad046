import type { Account } from '../account.js';
import { type Charge, rate } from '../rating.js';
import type { Kinds, UsageSource } from '../state/records.js';
import { usageOver } from '../usage.js';
import { itemParent, putLine, totalUp } from './lines.js';

type Invoice = Kinds['invoice'];
type Price = Kinds['price'];

/** What a line says: `1200 × Tokens`, `1000 × Tokens (tier-2)`. */
export function describe(account: Account, price: Price, charge: Charge): string {
  const product = account.store.get('product', price.product)?.name ?? price.product;
  const tier = charge.key.startsWith('tier-') ? ` (${charge.key.replace('/', ' ')})` : '';
  return `${charge.quantityDecimal} × ${product}${tier}`;
}

/**
 * Rates every metered item of an invoice from the events stamped in its service period, and sums
 * up. Called when a draft is made, when it is finalised, and by the switch for early refresh.
 */
export function rateUsage(account: Account, invoiceId: string, lagMs: number): Invoice {
  const invoice = account.store.need('invoice', invoiceId);
  for (const source of invoice.hidden.usage) rateSource(account, invoice, source, lagMs);
  return totalUp(account, invoiceId);
}

function rateSource(account: Account, invoice: Invoice, source: UsageSource, lagMs: number): void {
  const { store, switches } = account;
  const price = store.need('price', source.price);
  const usage = usageOver(account, source.meter, invoice.customer ?? '', source, lagMs);
  const charges = rate({ ...price, tiers: rateTiers(price) }, usage, switches);
  const metadata = store.get('subscription', source.subscription)?.metadata ?? {};
  const keys = new Set(charges.map((charge) => `${source.item}/${charge.key}`));
  for (const line of store.group('line', invoice.id)) {
    const ours = line.hidden.key.startsWith(`${source.item}/`);
    if (ours && !keys.has(line.hidden.key)) store.remove('line', line.id);
  }
  charges.forEach((charge, index) =>
    putLine(account, invoice, {
      ...charge,
      key: `${source.item}/${charge.key}`,
      order: source.order + index,
      price: { price: price.id, product: price.product },
      description: describe(account, price, charge),
      period: { start: source.start, end: source.end },
      metadata,
      parent: itemParent(source.subscription, source.item),
      subscription: source.subscription,
    }),
  );
}

/** Tiers with decimals only, as rating takes them. */
export function rateTiers(price: Price) {
  return (price.tiers ?? []).map((tier) => ({
    up_to: tier.up_to,
    unit_amount_decimal: tier.unit_amount_decimal,
    flat_amount_decimal: tier.flat_amount_decimal,
  }));
}

/** Rates the usage lines of a customer's drafts anew. */
export function refreshDrafts(account: Account, customer: string): void {
  for (const invoice of account.store.group('invoice', customer)) {
    if (invoice.status === 'draft') rateUsage(account, invoice.id, 0);
  }
}
