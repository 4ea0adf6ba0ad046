import type { CreditAccount } from './account.js';

/** Grants that time alone brought, of periods that never were. */

/**
 * Takes back the unspent grant of a period that a change of plan, dated before it, replaces:
 * as if it had not come. One that was spent from stays: the log itself opened that period.
 */
export function withdrawGrant(account: CreditAccount, index: number): CreditAccount {
  const id = `grant/${index}`;
  const lot = account.lots.find((candidate) => candidate.id === id);
  if (!lot || lot.left !== lot.amount) return account;
  const { amount } = lot;
  const at = account.entries.findIndex((entry) => entry.id === id);
  const entries = account.entries.flatMap((entry, place) => {
    if (place === at) return [];
    // One that is kept no more came before all that are.
    const isLater = place > at;
    return [isLater ? { ...entry, balanceAfter: entry.balanceAfter - amount } : entry];
  });
  return {
    ...account,
    lots: account.lots.filter((candidate) => candidate !== lot),
    entries,
    totals: { ...account.totals, in: account.totals.in - amount },
  };
}
