import type { CustomerState } from '../../../billing/state.js';
import { must, same } from './broken.js';
import type { Model } from './model.js';

/** Credits in = burned + expired + balance, always; every lot has what the model's list has. */
export function checkCredits(state: CustomerState, model: Model, latestMs: number): void {
  const { lots, totals, uncovered, entries } = state.credits;
  const left = lots.reduce((sum, lot) => sum + lot.left, 0);
  same(left, totals.in - totals.burned - totals.expired, 'credits', () => 'what is left');
  for (const lot of lots) {
    must(lot.left >= 0 && lot.left <= lot.amount, 'credits', () => `${lot.id} has ${lot.left}`);
  }
  const newest = entries.at(-1);
  if (newest) same(newest.balanceAfter, left, 'credits', () => `balance after ${newest.id}`);
  const expected = model.credits.left(latestMs);
  const standing = lots.filter(({ left: some, expiresAtMs }) => {
    return some > 0 && (expiresAtMs === null || expiresAtMs > latestMs);
  });
  same(standing.length, expected.size, 'credits', () => {
    return `lots ${standing.map(({ id }) => id).join()} and ${[...expected.keys()].join()}`;
  });
  for (const lot of standing) {
    same(lot.left, expected.get(lot.id), 'credits', () => `what ${lot.id} has`);
  }
  for (const { index } of state.segments) {
    const owed = uncovered[String(index)] ?? 0;
    same(owed, model.credits.uncovered.get(index) ?? 0, 'credits', () => `period ${index} owes`);
  }
}
