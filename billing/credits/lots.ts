import { compare } from '../decimal.js';
import { microCreditsOf, MICRO_CREDITS, quantityFault } from '../quantity.js';
import type { CreditAccount, CreditEntry, Lot } from './account.js';
import { record } from './entries.js';
import { compareLots, insertLot } from './order.js';

/** Credits come in. */

/** A lot that comes, all of it left. */
export type NewLot = Omit<Lot, 'left'>;

/**
 * The account with one more lot and its entry. Nothing changes where the amount is not above 0,
 * or where the sum of all credits ever would pass 2^53-1 micro-credits.
 */
export function addLot(
  account: CreditAccount,
  lot: NewLot,
  because: CreditEntry['because'],
  from?: readonly string[],
): CreditAccount {
  if (!fits(account, lot.amount)) return account;
  const lots = insertLot(account.lots, { ...lot, left: lot.amount });
  return recordLot({ ...account, lots }, lot, lot.amount, because, from);
}

/** The account with a lot that it holds grown by `more` micro-credits; same bounds as `addLot`. */
export function growLot(
  account: CreditAccount,
  lot: Lot,
  more: number,
  because: CreditEntry['because'],
): CreditAccount {
  if (!fits(account, more)) return account;
  const grown = { ...lot, amount: lot.amount + more, left: lot.left + more };
  return recordLot(replaceLot(account, grown), grown, more, because);
}

/** The account with a lot that it holds replaced by one of the same id, in its place of order. */
export function replaceLot(account: CreditAccount, lot: Lot): CreditAccount {
  const lots = account.lots.map((other) => (other.id === lot.id ? lot : other));
  return { ...account, lots: lots.toSorted(compareLots) };
}

function fits(account: CreditAccount, microCredits: number): boolean {
  return microCredits > 0 && Number.isSafeInteger(account.totals.in + microCredits);
}

function recordLot(
  account: CreditAccount,
  lot: NewLot,
  microCredits: number,
  because: CreditEntry['because'],
  from?: readonly string[],
): CreditAccount {
  const totals = { ...account.totals, in: account.totals.in + microCredits };
  return record(
    { ...account, totals },
    {
      id: lot.id,
      kind: lot.kind,
      amount: microCredits,
      timestampMs: lot.timestampMs,
      ...(lot.expiresAtMs !== null && { expiresAtMs: lot.expiresAtMs }),
      ...(from && { from }),
      because,
    },
  );
}

/** Credits that someone gives a customer: the log's `credits` command. */
export interface GivenCredits {
  readonly id: string;
  readonly kind: 'purchase' | 'promotion' | 'refund';
  /** Exact decimal of credits, above 0, at most 6 decimals. */
  readonly amount: string;
  readonly expiresAtMs?: number;
  /** Customer's time, ms. */
  readonly atMs: number;
}

/** Why an amount of credits, as a decimal string, can't be given, in words; null when it can. */
export function creditAmountFault(amount: string): string | null {
  const fault = quantityFault(amount, MICRO_CREDITS);
  if (fault !== null) return fault;
  return compare(amount, '0') > 0 ? null : 'must be above 0';
}

/**
 * Adds given credits as the lot `credit/ID`. An id that is known changes nothing, and so does
 * an amount that `creditAmountFault` refuses. Ids are known until the close after the lot is
 * spent; for all time the log itself holds an entry id once.
 */
export function addCredits(account: CreditAccount, given: GivenCredits): CreditAccount {
  const id = `credit/${given.id}`;
  if (creditAmountFault(given.amount) !== null) return account;
  if (account.lots.some((lot) => lot.id === id)) return account;
  if (account.entries.some((entry) => entry.id === id)) return account;
  const lot: NewLot = {
    id,
    kind: given.kind,
    amount: microCreditsOf(given.amount),
    timestampMs: given.atMs,
    expiresAtMs: given.expiresAtMs ?? null,
  };
  return addLot(account, lot, { operator: given.id });
}
