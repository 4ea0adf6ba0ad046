import type { Account } from '../account.js';
import { rate } from '../rating.js';
import { blankInvoice, showInvoice } from '../resources/invoiceBody.js';
import { isMetered, itemsOf, priceOfItem } from '../resources/subscriptionItems.js';
import type { EndedPeriod, Kinds, UsageSource } from '../state/records.js';
import { itemParent, putLine } from './lines.js';
import { pendingItems, takePending } from './pendingItems.js';
import { describe, rateTiers, rateUsage } from './usageLines.js';

/** About one hour after its creation a draft is finalised by itself (docs, Invoices.d.ts). */
export const DRAFT_SECONDS = 3600;

const ITEM_ORDER_STEP = 1000;

type Invoice = Kinds['invoice'];
type Item = Kinds['subscriptionItem'];
type Subscription = Kinds['subscription'];

/** Items come in reverse order (Invoices.d.ts `lines`), after pending invoice items. */
function orderOf(items: readonly Item[], item: Item): number {
  return (items.length - items.indexOf(item)) * ITEM_ORDER_STEP;
}

/** Base fees: one line per licensed item, for its current period. */
export function putBaseLines(account: Account, invoice: Invoice, subscription: Subscription): void {
  const items = itemsOf(account, subscription.id);
  for (const item of items.filter((candidate) => !isMetered(account, candidate))) {
    const price = priceOfItem(account, item);
    const priced = { ...price, tiers: rateTiers(price) };
    const charges = rate(priced, String(item.quantity ?? 1), account.switches);
    charges.forEach((charge, index) =>
      putLine(account, invoice, {
        ...charge,
        key: `${item.id}/${charge.key}`,
        order: orderOf(items, item) + index,
        price: { price: price.id, product: price.product },
        description: describe(account, price, charge),
        period: { start: item.current_period_start, end: item.current_period_end },
        metadata: subscription.metadata,
        parent: itemParent(subscription.id, item.id),
        subscription: subscription.id,
      }),
    );
  }
}

/** Metered items with the service period an invoice bills them for. */
export function usageSources(
  account: Account,
  subscription: Subscription,
  period: { readonly start: number; readonly end: number },
): UsageSource[] {
  const items = itemsOf(account, subscription.id);
  return items
    .filter((item) => isMetered(account, item))
    .map((item) => ({
      subscription: subscription.id,
      item: item.id,
      price: item.price,
      meter: priceOfItem(account, item).recurring?.meter ?? '',
      start: Math.max(period.start, item.hidden.countsFrom),
      end: period.end,
      order: orderOf(items, item),
    }));
}

function hasUsage(account: Account, customer: string, sources: readonly UsageSource[]): boolean {
  return sources.some(({ meter, start, end }) =>
    account.store
      .group('meterEvent', `${meter}/${customer}`)
      .some((event) => event.timestamp >= start && event.timestamp < end && !event.cancelled),
  );
}

/**
 * Makes the draft of an ended period: usage of that period in arrears, base of the next in advance.
 * Under flexible billing nothing to bill makes no invoice (a switch: Stripe documents it for first
 * invoices only).
 */
export function makeCycleDraft(account: Account, id: string, ended: EndedPeriod): Invoice | null {
  const subscription = account.store.need('subscription', id);
  const customer = account.customer(subscription.customer);
  const usage = usageSources(account, subscription, ended);
  const pending = pendingItems(account, customer.id, id);
  const base = !ended.last && itemsOf(account, id).some((item) => !isMetered(account, item));
  const something = base || pending.length > 0 || hasUsage(account, customer.id, usage);
  if (!something && !account.switches.emptyInvoices) return null;
  const draft = account.store.put(
    'invoice',
    blankInvoice({
      customer,
      subscription,
      currency: subscription.currency,
      reason: 'subscription_cycle',
      created: ended.at,
      periodStart: ended.start,
      periodEnd: ended.end,
      autoAdvance: true,
      finalizesAt: ended.at + DRAFT_SECONDS,
      usage,
    }),
  );
  takePending(account, draft, pending);
  if (base) putBaseLines(account, draft, subscription);
  const rated = rateUsage(account, draft.id, account.switches.summaryLagMs);
  account.store.patch('subscription', id, { latest_invoice: draft.id });
  account.emit('invoice.created', showInvoice(account, rated), ended.at);
  return rated;
}
