import type { CreditAccount, Lot } from './account.js';
import { hasEnded } from './expiry.js';

/** What a customer has at an instant of its clock. */

/** Lots that count at `nowMs`: not ended, and of a period that has begun. In burn order. */
export function lotsAt(account: CreditAccount, nowMs: number): Lot[] {
  return account.lots.filter((lot) => lot.left > 0 && !hasEnded(lot, nowMs) && begun(lot, nowMs));
}

/** The next period may be known a little before it begins. */
function begun(lot: Lot, nowMs: number): boolean {
  return lot.period === undefined || lot.timestampMs <= nowMs;
}

/** Micro-credits that the customer has at `nowMs` (customer's time); never negative. */
export function balanceAt(account: CreditAccount, nowMs: number): number {
  return lotsAt(account, nowMs).reduce((sum, lot) => sum + lot.left, 0);
}
