import type { Account } from '../account.js';
import { expireSession } from '../resources/checkoutSessions.js';
import type { Kinds } from '../state/records.js';
import { charge } from './collecting.js';
import { expireSubscription } from './ending.js';
import { finalise } from './finalising.js';
import { resumeCollection } from './pausing.js';
import { draftEnded, endOfPeriod, renew } from './renewal.js';
import { announceTrialEnd } from './trials.js';

/** Something that happens by itself at a time, Unix seconds. */
export interface Due {
  readonly at: number;
  readonly run: () => void;
}

const CYCLING = ['active', 'past_due', 'unpaid', 'trialing'];

function dueOfSubscription(account: Account, subscription: Kinds['subscription']): Due[] {
  const { id, hidden } = subscription;
  const due: Due[] = [];
  const add = (at: number | null | undefined, run: (at: number) => void) => {
    if (typeof at === 'number') due.push({ at, run: () => run(at) });
  };
  add(hidden.ended?.at, () => draftEnded(account, id));
  if (subscription.ended_at !== null) return due;
  add(hidden.expiresAt, (at) => expireSubscription(account, id, at));
  add(hidden.noticeAt, (at) => announceTrialEnd(account, id, at));
  add(subscription.pause_collection?.resumes_at, (at) => resumeCollection(account, id, at));
  if (CYCLING.includes(subscription.status)) {
    add(endOfPeriod(account, subscription), () => renew(account, id));
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
  const invoice = finalise(account, id, at, { autoAdvance: true });
  if (invoice.status === 'open') charge(account, id, at);
}

function dueOfSession(account: Account, session: Kinds['checkoutSession']): Due[] {
  if (session.status !== 'open') return [];
  const at = session.expires_at;
  return [{ at, run: () => void expireSession(account, session.id, at) }];
}

/** What is due first for these customers, up to and including `until`; null: nothing is. */
export function firstDue(
  account: Account,
  customers: readonly { readonly id: string }[],
  until: number,
): Due | null {
  let first: Due | null = null;
  for (const { id } of customers) {
    const due = [
      ...account.store.group('subscription', id).flatMap((row) => dueOfSubscription(account, row)),
      ...account.store.group('invoice', id).flatMap((row) => dueOfInvoice(account, row)),
      ...account.store.group('checkoutSession', id).flatMap((row) => dueOfSession(account, row)),
    ];
    for (const each of due) {
      if (each.at <= until && (!first || each.at < first.at)) first = each;
    }
  }
  return first;
}
