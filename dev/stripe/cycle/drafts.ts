import type { Account } from '../account.js';
import { type Charge, rate } from '../rating.js';
import { blankInvoice, showInvoice } from '../resources/invoiceBody.js';
import { isMetered, itemsOf, priceOfItem } from '../resources/subscriptionItems.js';
import type { EndedPeriod, Kinds, UsageSource } from '../state/records.js';
import { itemParent, putLine } from './lines.js';
import { holdBack } from './pausing.js';
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

/** Base fees: one line per licensed item, for its current period; a trial costs nothing. */
export function putBaseLines(account: Account, invoice: Invoice, subscription: Subscription): void {
  const items = itemsOf(account, subscription.id);
  for (const item of items.filter((candidate) => !isMetered(account, candidate))) {
    const price = priceOfItem(account, item);
    const priced = { ...price, tiers: rateTiers(price) };
    const full = rate(priced, String(item.quantity ?? 1), account.switches);
    const trial = subscription.status === 'trialing';
    const charges = trial ? full.map((charge) => ({ ...charge, amountMinor: 0 })) : full;
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
    rememberDebit(account, item, charges);
  }
}

/** A later credit for unused time is taken from what was charged (prorations, flexible). */
function rememberDebit(account: Account, item: Item, charges: readonly Charge[]): void {
  const debited = {
    amountMinor: charges.reduce((sum, charge) => sum + charge.amountMinor, 0),
    start: item.current_period_start,
    end: item.current_period_end,
  };
  account.store.patch('subscriptionItem', item.id, { hidden: { ...item.hidden, debited } });
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
    }))
    .filter((source) => source.start < source.end);
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
  const latest = account.store.patch('subscription', id, { latest_invoice: draft.id });
  const held = holdBack(account, latest, rated, ended.at);
  if (held.status === 'draft') {
    account.emit('invoice.created', showInvoice(account, held), ended.at);
  }
  return held;
}
