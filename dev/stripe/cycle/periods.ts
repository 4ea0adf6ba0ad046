import type { Account } from '../account.js';
import { boundarySeconds } from '../calendar.js';
import { intervalOf } from '../resources/prices.js';
import { itemsOf, priceOfItem } from '../resources/subscriptionItems.js';
import type { Kinds } from '../state/records.js';

type Subscription = Kinds['subscription'];

/** The open period of a subscription: that of its items, which renew together here. */
export function periodOf(account: Account, id: string): { start: number; end: number } {
  const item = itemsOf(account, id)[0];
  if (!item) throw new Error(`${id} has no items`);
  return { start: item.current_period_start, end: item.current_period_end };
}

/** Moves all items into period `index` of the cycle. */
export function openPeriod(account: Account, subscription: Subscription, index: number): void {
  const anchor = subscription.billing_cycle_anchor;
  for (const item of itemsOf(account, subscription.id)) {
    const interval = intervalOf(priceOfItem(account, item));
    account.store.patch('subscriptionItem', item.id, {
      current_period_start: boundarySeconds(anchor, interval, index),
      current_period_end: boundarySeconds(anchor, interval, index + 1),
    });
  }
  const { hidden } = account.store.need('subscription', subscription.id);
  account.store.patch('subscription', subscription.id, { hidden: { ...hidden, index } });
}
