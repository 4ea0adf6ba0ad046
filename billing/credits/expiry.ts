import type { CreditAccount, Lot } from './account.js';
import { record } from './entries.js';
import type { ClosedPeriod } from './periods.js';

/** Credits end. */

/**
 * Lots with something left that have ended by `nowMs`, in burn order. They are in no balance any
 * more (`balanceAt`), but usage dated before their end still burns them until a period's close
 * books them as expired.
 */
export function expiriesDue(account: CreditAccount, nowMs: number): Lot[] {
  return account.lots.filter((lot) => lot.left > 0 && hasEnded(lot, nowMs));
}

/** True at and after a lot's end. */
export function hasEnded(lot: Lot, nowMs: number): boolean {
  return lot.expiresAtMs !== null && lot.expiresAtMs <= nowMs;
}

/** True for a grant or a roll-over of a period up to this one. */
export function isOfPeriod(lot: Lot, index: number): boolean {
  return lot.period !== undefined && lot.period <= index;
}

/**
 * Takes away what has ended when a period closes: the period's own grant and roll-over, even
 * where a change of plan cut the period short, and all that ended before, an entry each. Spent
 * lots go as well, but those of open periods stay: they tell that the period had them.
 */
export function endLots(account: CreditAccount, { index, endMs }: ClosedPeriod): CreditAccount {
  const isOver = (lot: Lot) => isOfPeriod(lot, index) || hasEnded(lot, endMs);
  const isKept = (lot: Lot) => !isOver(lot) && (lot.left > 0 || lot.period !== undefined);
  let ended: CreditAccount = { ...account, lots: account.lots.filter(isKept) };
  for (const lot of account.lots) {
    if (lot.left > 0 && isOver(lot)) ended = recordExpiry(ended, lot, index, endMs);
  }
  return ended;
}

function recordExpiry(
  account: CreditAccount,
  lot: Lot,
  period: number,
  endMs: number,
): CreditAccount {
  const totals = { ...account.totals, expired: account.totals.expired + lot.left };
  return record(
    { ...account, totals },
    {
      id: `expiry/${lot.id}`,
      kind: 'expiry',
      amount: -lot.left,
      timestampMs: Math.min(lot.expiresAtMs ?? endMs, endMs),
      from: [lot.id],
      because: { period },
    },
  );
}
