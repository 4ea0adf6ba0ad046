import type { Account } from '../account.js';
import { showSubscription } from '../resources/subscriptionBody.js';
import type { EndedPeriod, Kinds } from '../state/records.js';
import { makeCycleDraft } from './drafts.js';
import { endSubscription } from './ending.js';
import { openPeriod, periodOf } from './periods.js';
import { endTrial } from './trials.js';

type Subscription = Kinds['subscription'];

/** When the open period of a subscription ends, Unix seconds: its cancellation may come first. */
export function endOfPeriod(account: Account, subscription: Subscription): number {
  const { end } = periodOf(account, subscription.id);
  return Math.min(end, subscription.cancel_at ?? end);
}

/** At a period's end: the next one opens, or the subscription ends; its draft becomes due. */
export function renew(account: Account, id: string): void {
  const subscription = account.store.need('subscription', id);
  const { start } = periodOf(account, id);
  const end = endOfPeriod(account, subscription);
  const last = subscription.cancel_at !== null && subscription.cancel_at <= end;
  const trial = subscription.status === 'trialing';
  if (last) endSubscription(account, id, end);
  else if (!trial || endTrial(account, id, end)) openNext(account, subscription, end);
  else return;
  if (last && trial) return;
  const at = end + account.switches.draftAfterMinutes * 60;
  setEnded(account, id, { at, start, end, last });
  if (at === end) draftEnded(account, id);
}

function openNext(account: Account, before: Subscription, at: number): void {
  openPeriod(account, before, before.hidden.index + 1);
  const renewed = account.store.need('subscription', before.id);
  const previous = before.status === renewed.status ? {} : { status: before.status };
  const shown = showSubscription(account, renewed);
  account.emit('customer.subscription.updated', shown, at, previous);
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
