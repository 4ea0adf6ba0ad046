import { creditsOf } from '../quantity.js';
import type { CreditAccount, CreditEntry, LotKind } from './account.js';
import { balanceAt, lotsAt } from './balance.js';

/** Credits as callers see them: exact decimal strings, times in ISO 8601. */

/** One lot with something left. */
export interface CreditLotBody {
  readonly id: string;
  readonly kind: LotKind;
  /** What it began with. */
  readonly amount: string;
  readonly left: string;
  readonly timestamp: string;
  readonly expiresAt: string | null;
}

/** `credits` of a customer (CONTRACT §4.1). */
export interface CreditsBody {
  readonly balance: string;
  /** In burn order: the first is used up first. */
  readonly lots: readonly CreditLotBody[];
}

/** What a customer has at `nowMs` (customer's time): the lots add up to the balance. */
export function creditsBody(account: CreditAccount, nowMs: number): CreditsBody {
  const lots = lotsAt(account, nowMs).map((lot) => ({
    id: lot.id,
    kind: lot.kind,
    amount: creditsOf(lot.amount),
    left: creditsOf(lot.left),
    timestamp: isoOf(lot.timestampMs),
    expiresAt: lot.expiresAtMs === null ? null : isoOf(lot.expiresAtMs),
  }));
  return { balance: creditsOf(balanceAt(account, nowMs)), lots };
}

/** A credit entry (CONTRACT §4.5). */
export interface CreditEntryBody {
  readonly id: string;
  readonly kind: CreditEntry['kind'];
  /** Negative for a burn and an expiry. */
  readonly amount: string;
  readonly balanceAfter: string;
  readonly timestamp: string;
  readonly expiresAt?: string;
  readonly from?: readonly string[];
  readonly because: CreditEntry['because'];
}

/** One entry as `GET …/credits` answers it. */
export function creditEntryBody(entry: CreditEntry): CreditEntryBody {
  return {
    id: entry.id,
    kind: entry.kind,
    amount: creditsOf(entry.amount),
    balanceAfter: creditsOf(entry.balanceAfter),
    timestamp: isoOf(entry.timestampMs),
    ...(entry.expiresAtMs !== undefined && { expiresAt: isoOf(entry.expiresAtMs) }),
    ...(entry.from && { from: entry.from }),
    because: entry.because,
  };
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
