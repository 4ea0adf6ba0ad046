import type { Account } from '../account.js';
import { boundarySeconds } from '../calendar.js';
import { intervalOf } from '../resources/prices.js';
import { itemsOf, priceOfItem } from '../resources/subscriptionItems.js';
import { showSubscription } from '../resources/subscriptionBody.js';
import type { EndedPeriod, Kinds } from '../state/records.js';
import { makeCycleDraft } from './drafts.js';
import { endSubscription } from './ending.js';

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

/** At a period's end: the next one opens, or the subscription ends; its draft becomes due. */
export function renew(account: Account, id: string): void {
  const subscription = account.store.need('subscription', id);
  const { start, end } = periodOf(account, id);
  const last = subscription.cancel_at_period_end;
  if (last) {
    endSubscription(account, id, end);
  } else {
    openPeriod(account, subscription, subscription.hidden.index + 1);
    const renewed = account.store.need('subscription', id);
    account.emit('customer.subscription.updated', showSubscription(account, renewed), end);
  }
  const at = end + account.switches.draftAfterMinutes * 60;
  setEnded(account, id, { at, start, end, last });
  if (at === end) draftEnded(account, id);
}

/** Makes the draft that is due. */
export function draftEnded(account: Account, id: string): void {
  const { ended } = account.store.need('subscription', id).hidden;
  if (!ended) return;
  makeCycleDraft(account, id, ended);
  setEnded(account, id, null);
}

function setEnded(account: Account, id: string, ended: EndedPeriod | null): void {
  const { hidden } = account.store.need('subscription', id);
  account.store.patch('subscription', id, { hidden: { ...hidden, ended } });
}
