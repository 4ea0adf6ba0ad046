import type { Account } from '../account.js';
import { boundarySeconds } from '../calendar.js';
import { type PaymentBehaviour, invoiceNow } from '../cycle/immediate.js';
import { openPeriod, periodOf } from '../cycle/renewal.js';
import { badParameter, missing } from '../http/failure.js';
import type { Params } from '../http/params.js';
import type { Kinds } from '../state/records.js';
import { itemRequest, putItem, refuseMixture } from './itemRequests.js';
import { intervalOf } from './prices.js';
import { itemsOf, priceOfItem } from './subscriptionItems.js';

type Item = Kinds['subscriptionItem'];

/**
 * Swaps, adds and removes items without proration: the base changes with the next invoice, usage of
 * a removed or replaced metered item is billed nowhere, a new one counts from now. With the anchor
 * set to now a new period opens at once and its base is charged in the same request.
 */
export function changeItems(
  account: Account,
  params: Params,
  id: string,
  behaviour: PaymentBehaviour,
  now: number,
): void {
  const changes = params.children('items') ?? [];
  const anchor = params.child('billing_cycle_anchor')?.needChoice('type', ['now', 'unchanged']);
  const proration = params.choice('proration_behavior', PRORATIONS);
  if (changes.length === 0 && anchor !== 'now') return;
  if (proration !== 'none') {
    const message = 'This sandbox changes items with proration_behavior=none only.';
    throw badParameter('proration_behavior', message);
  }
  const period = periodOf(account, id);
  for (const change of changes) changeItem(account, change, id, period, now);
  const prices = itemsOf(account, id).map((item) => priceOfItem(account, item));
  refuseMixture(prices);
  if (anchor === 'now') restart(account, id, behaviour, now);
  else refuseOtherInterval(account, id, period);
}

const PRORATIONS = ['always_invoice', 'create_prorations', 'none'] as const;

function changeItem(
  account: Account,
  change: Params,
  subscription: string,
  period: { readonly start: number; readonly end: number },
  now: number,
): void {
  const itemId = change.text('id');
  const deleted = change.flag('deleted') ?? false;
  change.flag('clear_usage');
  if (!itemId) {
    putItem(account, subscription, itemRequest(account, change), period, now);
    return;
  }
  const item = itemsOf(account, subscription).find((candidate) => candidate.id === itemId);
  if (!item) throw missing('subscription item', itemId, change.name('id'));
  if (deleted) account.store.remove('subscriptionItem', itemId);
  else replaceItem(account, change, item, now);
}

function replaceItem(account: Account, change: Params, item: Item, now: number): void {
  const request = itemRequest(account, change, item);
  const swapped = request.price.id !== item.price;
  const { quantity: _, ...rest } = item;
  account.store.put('subscriptionItem', {
    ...rest,
    hidden: { countsFrom: swapped ? now : item.hidden.countsFrom },
    metadata: request.metadata,
    price: request.price.id,
    ...(request.quantity === null ? {} : { quantity: request.quantity }),
  });
}

/** Another interval always starts the cycle anew at Stripe; here it must be said. */
function refuseOtherInterval(
  account: Account,
  id: string,
  period: { readonly start: number; readonly end: number },
): void {
  const { billing_cycle_anchor: anchor, hidden } = account.store.need('subscription', id);
  const first = itemsOf(account, id)[0];
  if (!first) return;
  const interval = intervalOf(priceOfItem(account, first));
  if (boundarySeconds(anchor, interval, hidden.index + 1) === period.end) return;
  throw badParameter('billing_cycle_anchor', 'Another interval needs billing_cycle_anchor now.');
}

function restart(account: Account, id: string, behaviour: PaymentBehaviour, now: number): void {
  for (const item of itemsOf(account, id)) {
    account.store.patch('subscriptionItem', item.id, { hidden: { countsFrom: now } });
  }
  const restarted = account.store.patch('subscription', id, { billing_cycle_anchor: now });
  openPeriod(account, restarted, 0);
  const plan = { reason: 'subscription_update', at: now, base: true, usage: [] } as const;
  invoiceNow(account, id, { ...plan, behaviour });
}
