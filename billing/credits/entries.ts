import type { CreditAccount, CreditEntry } from './account.js';
import { balanceOf, ENTRIES_KEPT } from './account.js';

/**
 * An account's statement (CONTRACT §4.5). Each entry's balance is that of the entry before plus
 * its own amount, and no balance is negative.
 */

/** An entry before its place in the statement is known. */
export type Booking = Omit<CreditEntry, 'balanceAfter'>;

/**
 * Adds an entry whose amount the account's totals hold already. A second one of the same id
 * joins the first: amounts add, balances of the entries after it move along.
 */
export function record(account: CreditAccount, booking: Booking): CreditAccount {
  const { entries } = account;
  const known = entries.findLastIndex((entry) => entry.id === booking.id);
  const after =
    known === -1
      ? [...entries, { ...booking, balanceAfter: balanceOf(account) }]
      : joined(entries, known, booking);
  const kept = account.allEntries ? after : after.slice(-ENTRIES_KEPT);
  return { ...account, entries: kept };
}

function joined(entries: readonly CreditEntry[], known: number, more: Booking): CreditEntry[] {
  const old = entries[known] as CreditEntry;
  const later = entries.slice(known + 1).map((entry) => raised(entry, -old.amount));
  const amount = old.amount + more.amount;
  const before = [old.balanceAfter - old.amount, ...later.map((entry) => entry.balanceAfter)];
  const place = earliestPlace(before, amount);
  const entry: CreditEntry = {
    ...more,
    amount,
    balanceAfter: (before[place] as number) + amount,
    because: sharedReason(old.because, more.because),
    ...(more.from && { from: [...new Set([...(old.from ?? []), ...more.from])] }),
  };
  return [
    ...entries.slice(0, known),
    ...later.slice(0, place),
    entry,
    ...later.slice(place).map((other) => raised(other, amount)),
  ];
}

/**
 * Where an entry of `amount` can stand, given the balance before each place, so that no balance
 * from there on is negative. A minute's burn that grows by late usage moves behind the credits
 * which that usage was paid from. The last place always does: there the account's balance ends.
 */
function earliestPlace(before: readonly number[], amount: number): number {
  return before.findLastIndex((balance) => balance + amount < 0) + 1;
}

function raised(entry: CreditEntry, amount: number): CreditEntry {
  return { ...entry, balanceAfter: entry.balanceAfter + amount };
}

/** What two bookings of one entry have in common. */
function sharedReason(
  a: CreditEntry['because'],
  b: CreditEntry['because'],
): CreditEntry['because'] {
  const names = ['event', 'reservation', 'period', 'operator'] as const;
  const shared = names.filter((name) => a[name] !== undefined && a[name] === b[name]);
  return Object.fromEntries(shared.map((name) => [name, a[name]]));
}
