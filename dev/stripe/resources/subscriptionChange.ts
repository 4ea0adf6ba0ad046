import type { Account } from '../account.js';
import { boundarySeconds } from '../calendar.js';
import { type PaymentBehaviour, invoiceNow } from '../cycle/immediate.js';
import { billUsageSoFar, creditUnused, debitRemaining } from '../cycle/prorations.js';
import { openPeriod, periodOf } from '../cycle/periods.js';
import { badParameter, badRequest, missing } from '../http/failure.js';
import type { Params } from '../http/params.js';
import type { Kinds } from '../state/records.js';
import { itemRequest, putItem, refuseMixture } from './itemRequests.js';
import { intervalOf } from './prices.js';
import { isMetered, itemsOf, priceOfItem } from './subscriptionItems.js';

type Item = Kinds['subscriptionItem'];

const PRORATIONS = ['always_invoice', 'create_prorations', 'none'] as const;

/** One change under way. */
interface Change {
  readonly account: Account;
  readonly subscription: string;
  readonly now: number;
  /** Time from which prorations are counted; null: none are made. */
  readonly proratedFrom: number | null;
  /** Whether a new period opens, so that the new base is charged whole. */
  readonly restarts: boolean;
}

/**
 * Swaps, adds and removes items. Without proration the base changes with the next invoice, usage of
 * a removed or replaced metered item is billed nowhere, and a new one counts from now; with it,
 * unused and remaining time become pending items, and so does the usage so far. With the anchor set
 * to now a new period opens at once and its base is charged in the same request.
 */
export function changeItems(
  account: Account,
  params: Params,
  id: string,
  behaviour: PaymentBehaviour,
  now: number,
): void {
  const requests = params.children('items') ?? [];
  const anchor = params.child('billing_cycle_anchor')?.needChoice('type', ['now', 'unchanged']);
  const proration = params.choice('proration_behavior', PRORATIONS) ?? 'create_prorations';
  const period = periodOf(account, id);
  const from = prorationDate(params, period, now);
  if (requests.length === 0 && anchor !== 'now') return;
  if (account.store.need('subscription', id).status === 'incomplete') {
    // Only metadata and the like can be (Subscriptions.d.ts `status`).
    throw badRequest('An incomplete subscription cannot change its items.');
  }
  const proratedFrom = proration === 'none' ? null : from;
  const restarts = anchor === 'now';
  const change: Change = { account, subscription: id, now, proratedFrom, restarts };
  for (const request of requests) changeItem(change, request, period);
  refuseMixture(itemsOf(account, id).map((item) => priceOfItem(account, item)));
  if (restarts) restart(change, behaviour);
  else refuseOtherInterval(account, id, period);
  if (proration === 'always_invoice' && !restarts) {
    const plan = { reason: 'subscription_update', at: now, base: false, usage: [] } as const;
    invoiceNow(account, id, { ...plan, behaviour });
  }
}

/** `proration_date` must lie in the open period and not ahead (SubscriptionUpdateParams). */
function prorationDate(
  params: Params,
  period: { readonly start: number; readonly end: number },
  now: number,
): number {
  const given = params.integer('proration_date') ?? now;
  if (given >= period.start && given <= period.end) return given;
  throw badParameter('proration_date', 'proration_date must be within the current period.');
}

function changeItem(
  change: Change,
  request: Params,
  period: { readonly start: number; readonly end: number },
): void {
  const { account, subscription, now } = change;
  const itemId = request.text('id');
  const deleted = request.flag('deleted') ?? false;
  request.flag('clear_usage');
  if (!itemId) {
    const asked = itemRequest(account, request);
    const added = putItem(account, subscription, asked, period, now);
    takeUp(change, added);
    return;
  }
  const item = itemsOf(account, subscription).find((candidate) => candidate.id === itemId);
  if (!item) throw missing('subscription item', itemId, request.name('id'));
  if (deleted) {
    account.store.remove('subscriptionItem', itemId);
    settleItem(change, item);
  } else {
    replaceItem(change, request, item);
  }
}

/** What an item that leaves or is replaced has cost and not cost. */
function settleItem({ account, subscription, proratedFrom }: Change, item: Item): void {
  if (proratedFrom === null) return;
  const owner = account.store.need('subscription', subscription);
  if (owner.status === 'trialing') return;
  if (isMetered(account, item)) billUsageSoFar(account, owner, item, proratedFrom);
  else creditUnused(account, owner, item, proratedFrom);
}

/** What a new or replaced item costs for the rest of the period. */
function takeUp({ account, subscription, proratedFrom, restarts }: Change, item: Item): void {
  if (proratedFrom === null || restarts || isMetered(account, item)) return;
  const owner = account.store.need('subscription', subscription);
  if (owner.status !== 'trialing') debitRemaining(account, owner, item, proratedFrom);
}

function replaceItem(change: Change, request: Params, item: Item): void {
  const { account, now } = change;
  const asked = itemRequest(account, request, item);
  const swapped = asked.price.id !== item.price;
  const same = !swapped && asked.quantity === (item.quantity ?? null);
  if (!same) settleItem(change, item);
  const settled = account.store.need('subscriptionItem', item.id);
  const { quantity: _, ...rest } = settled;
  const replaced = account.store.put('subscriptionItem', {
    ...rest,
    hidden: { ...settled.hidden, countsFrom: swapped ? now : item.hidden.countsFrom },
    metadata: asked.metadata,
    price: asked.price.id,
    ...(asked.quantity === null ? {} : { quantity: asked.quantity }),
  });
  if (!same) takeUp(change, replaced);
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

/** Ends the open period now: what it cost in advance is credited, its usage billed or lost. */
function restart(change: Change, behaviour: PaymentBehaviour): void {
  const { account, subscription, now } = change;
  for (const item of itemsOf(account, subscription)) {
    // An item of this very request has used nothing and owes nothing.
    if (item.hidden.countsFrom !== now || item.hidden.debited) settleItem(change, item);
    const { hidden } = account.store.need('subscriptionItem', item.id);
    const fresh = { ...hidden, countsFrom: now };
    account.store.patch('subscriptionItem', item.id, { hidden: fresh });
  }
  const anchored = { billing_cycle_anchor: now };
  const restarted = account.store.patch('subscription', subscription, anchored);
  openPeriod(account, restarted, 0);
  const plan = { reason: 'subscription_update', at: now, base: true, usage: [] } as const;
  invoiceNow(account, subscription, { ...plan, behaviour });
}
