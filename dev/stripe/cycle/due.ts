import type { Account } from '../account.js';
import type { Kinds } from '../state/records.js';
import { charge } from './collecting.js';
import { expireSubscription } from './ending.js';
import { finalise } from './finalising.js';
import { draftEnded, periodOf, renew } from './renewal.js';

/** Something that happens by itself at a time, Unix seconds. */
export interface Due {
  readonly at: number;
  readonly run: () => void;
}

const CYCLING = ['active', 'past_due', 'unpaid', 'trialing'];

function dueOfSubscription(account: Account, subscription: Kinds['subscription']): Due[] {
  const { id, hidden } = subscription;
  const due: Due[] = [];
  if (hidden.ended) due.push({ at: hidden.ended.at, run: () => draftEnded(account, id) });
  if (subscription.ended_at !== null) return due;
  if (hidden.expiresAt !== null) {
    const at = hidden.expiresAt;
    due.push({ at, run: () => expireSubscription(account, id, at) });
  }
  if (CYCLING.includes(subscription.status)) {
    due.push({ at: periodOf(account, id).end, run: () => renew(account, id) });
  }
  return due;
}

function dueOfInvoice(account: Account, invoice: Kinds['invoice']): Due[] {
  const at = invoice.automatically_finalizes_at;
  if (invoice.status === 'draft' && at !== null) {
    return [{ at, run: () => finaliseAndCharge(account, invoice.id, at) }];
  }
  const attempt = invoice.next_payment_attempt;
  if (invoice.status !== 'open' || attempt === null) return [];
  return [{ at: attempt, run: () => void charge(account, invoice.id, attempt) }];
}

function finaliseAndCharge(account: Account, id: string, at: number): void {
  const invoice = finalise(account, id, at, true);
  if (invoice.status === 'open') charge(account, id, at);
}

/** What is due first for these customers, up to and including `until`; null: nothing is. */
export function firstDue(
  account: Account,
  customers: readonly Kinds['customer'][],
  until: number,
): Due | null {
  let first: Due | null = null;
  for (const { id } of customers) {
    const due = [
      ...account.store.group('subscription', id).flatMap((row) => dueOfSubscription(account, row)),
      ...account.store.group('invoice', id).flatMap((row) => dueOfInvoice(account, row)),
    ];
    for (const each of due) {
      if (each.at <= until && (!first || each.at < first.at)) first = each;
    }
  }
  return first;
}
