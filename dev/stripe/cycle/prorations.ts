import type { Account } from '../account.js';
import { nearest } from '../arithmetic.js';
import { rate } from '../rating.js';
import { priceOfItem } from '../resources/subscriptionItems.js';
import { newId } from '../state/ids.js';
import type { Kinds } from '../state/records.js';
import { usageOver } from '../usage.js';
import { rateTiers } from './usageLines.js';

type Item = Kinds['subscriptionItem'];
type Subscription = Kinds['subscription'];

/** What a change adds for one item, to be taken by the next invoice. */
interface Proration {
  readonly amountMinor: number;
  readonly quantityDecimal: string;
  readonly description: string;
  readonly start: number;
  readonly end: number;
  readonly proration: boolean;
}

/**
 * Credits what was charged in advance for the time from `at` on, to the second. Under flexible
 * billing it is a share of the amount that was charged, whatever the price is by now
 * (docs.stripe.com/billing/subscriptions/prorations, credit prorations).
 */
export function creditUnused(account: Account, owner: Subscription, item: Item, at: number): void {
  const debited = item.hidden.debited;
  if (!debited || debited.end <= at) return;
  const start = Math.max(at, debited.start);
  const share = shareOf(account, debited.amountMinor, debited.end - start, debited);
  const hidden = { ...item.hidden, debited: null };
  if (account.store.get('subscriptionItem', item.id)) {
    account.store.patch('subscriptionItem', item.id, { hidden });
  }
  if (share === 0) return;
  const description = `Unused time on ${nameOf(account, item)}`;
  const span = { start, end: debited.end };
  const quantityDecimal = String(item.quantity ?? 1);
  putPending(account, owner, item, {
    ...span,
    amountMinor: -share,
    quantityDecimal,
    description,
    proration: true,
  });
}

/** Charges a licensed item for what is left of its period. */
export function debitRemaining(
  account: Account,
  owner: Subscription,
  item: Item,
  at: number,
): void {
  const period = { start: item.current_period_start, end: item.current_period_end };
  const amountMinor = shareOf(account, fullAmount(account, item), period.end - at, period);
  const debited = { amountMinor, start: at, end: period.end };
  account.store.patch('subscriptionItem', item.id, { hidden: { ...item.hidden, debited } });
  if (amountMinor === 0) return;
  putPending(account, owner, item, {
    amountMinor,
    start: at,
    end: period.end,
    quantityDecimal: String(item.quantity ?? 1),
    description: `Remaining time on ${nameOf(account, item)}`,
    proration: true,
  });
}

/**
 * Bills the usage of a metered item so far: flexible billing does so when the item is removed or
 * its price replaced, unless without proration (docs.stripe.com/billing/subscriptions/usage-based/
 * manage-billing-setup). One item of a fixed amount; how it is cut is not documented.
 */
export function billUsageSoFar(
  account: Account,
  owner: Subscription,
  item: Item,
  at: number,
): void {
  const price = priceOfItem(account, item);
  const start = Math.max(item.current_period_start, item.hidden.countsFrom);
  const meter = price.recurring?.meter ?? '';
  const { summaryLagMs } = account.switches;
  const usage = usageOver(account, meter, owner.customer, { start, end: at }, summaryLagMs);
  const charges = rate({ ...price, tiers: rateTiers(price) }, usage, account.switches);
  const amountMinor = charges.reduce((sum, charge) => sum + charge.amountMinor, 0);
  if (amountMinor === 0) return;
  const description = `Usage of ${nameOf(account, item)}`;
  const what = { amountMinor, start, end: at, description, proration: false };
  putPending(account, owner, item, { ...what, quantityDecimal: usage });
}

/** Amount of a whole period of a licensed item. */
function fullAmount(account: Account, item: Item): number {
  const price = priceOfItem(account, item);
  const quantity = String(item.quantity ?? 1);
  const charges = rate({ ...price, tiers: rateTiers(price) }, quantity, account.switches);
  return charges.reduce((sum, charge) => sum + charge.amountMinor, 0);
}

function shareOf(
  account: Account,
  amountMinor: number,
  seconds: number,
  of: { readonly start: number; readonly end: number },
): number {
  const part = BigInt(amountMinor) * BigInt(seconds);
  return Number(nearest(part, BigInt(of.end - of.start), account.switches.tieRounding));
}

function nameOf(account: Account, item: Item): string {
  const price = priceOfItem(account, item);
  return account.store.get('product', price.product)?.name ?? price.product;
}

function putPending(account: Account, owner: Subscription, item: Item, what: Proration): void {
  const price = priceOfItem(account, item);
  const now = account.now(owner.customer);
  const made = account.store.put('invoiceItem', {
    id: newId('ii'),
    object: 'invoiceitem',
    amount: what.amountMinor,
    currency: owner.currency,
    customer: owner.customer,
    customer_account: null,
    date: now,
    description: what.description,
    discountable: false,
    discounts: [],
    invoice: null,
    livemode: false,
    metadata: {},
    net_amount: what.amountMinor,
    parent: {
      subscription_details: { subscription: owner.id, subscription_item: item.id },
      type: 'subscription_details',
    },
    period: { start: what.start, end: what.end },
    pricing: {
      price_details: { price: price.id, product: price.product },
      type: 'price_details',
      unit_amount_decimal: price.unit_amount_decimal,
    },
    proration: what.proration,
    quantity: Number(what.quantityDecimal.split('.')[0]),
    quantity_decimal: what.quantityDecimal,
    tax_rates: [],
    test_clock: owner.test_clock,
  });
  account.emit('invoiceitem.created', made, now);
}
