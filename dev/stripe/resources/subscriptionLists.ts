import type { Account } from '../account.js';
import type { Call, Route } from '../http/call.js';
import { createdFilter, newestFirst, page, pageRequest } from '../http/pages.js';
import type { Kinds } from '../state/records.js';
import { showSubscription } from './subscriptionBody.js';
import { itemsOf } from './subscriptionItems.js';

type Subscription = Kinds['subscription'];

/** Canceled ones are left out unless asked for; test clocks' too (Subscriptions.d.ts). */
function list(call: Call): object {
  const { account, params } = call;
  const customer = params.text('customer');
  const clock = params.text('test_clock') ?? null;
  const status = params.text('status');
  const price = params.text('price');
  params.choice('collection_method', ['charge_automatically']);
  const created = createdFilter(params);
  const rows = (customer ? account.store.group('subscription', customer) : all(account))
    .filter((row) => (clock === null && customer) || row.test_clock === clock)
    .filter((row) => fitsStatus(row, status))
    .filter((row) => !price || itemsOf(account, row.id).some((item) => item.price === price))
    .filter((row) => created(row.created));
  const show = (row: Subscription) => showSubscription(account, row);
  return page(call, newestFirst(rows), pageRequest(params), show);
}

function all(account: Account): Subscription[] {
  return account.store.all('subscription');
}

function fitsStatus(row: Subscription, status: string | null | undefined): boolean {
  if (!status) return row.status !== 'canceled' && row.status !== 'incomplete_expired';
  if (status === 'all') return true;
  if (status === 'ended') return row.ended_at !== null;
  return row.status === status;
}

/** The list of subscriptions. */
export const subscriptionListRoutes: readonly Route[] = [['GET', '/v1/subscriptions', list]];
