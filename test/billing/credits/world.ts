import type { Plan } from '../../../billing/catalogue.js';
import type { CreditAccount, Lot } from '../../../billing/credits/account.js';
import { NO_CREDITS_ALL_ENTRIES } from '../../../billing/credits/account.js';
import { burn } from '../../../billing/credits/burns.js';
import { addLot } from '../../../billing/credits/lots.js';
import { closePeriod, grantPeriod } from '../../../billing/credits/periods.js';
import { MICRO_CREDITS } from '../../../billing/quantity.js';
import { PREPAID, snapshot } from '../contractCatalogue.js';

/** A customer's credits under the contract's plan `prepaid`, period by period. */

/** Start of period 0, ms. */
export const START_MS = Date.UTC(2026, 10, 1);

/** Length of every period here, ms. */
export const PERIOD_MS = 30 * 86_400_000;

/** The contract's plan: a grant of 1000 credits, at most 500 roll over, the rest is billed. */
export const PREPAID_SNAPSHOT = snapshot(PREPAID);

/** A plan with another grant; null: without one. */
export function planGranting(creditGrant: Plan['creditGrant'] | null) {
  return snapshot({ ...PREPAID, creditGrant: creditGrant ?? undefined });
}

/** Bounds of a period. */
export function period(index: number) {
  const startMs = START_MS + index * PERIOD_MS;
  return { index, startMs, endMs: startMs + PERIOD_MS };
}

/** Whole credits as micro-credits. */
export function credits(whole: number): number {
  return whole * MICRO_CREDITS;
}

/** The account of a customer whose period 0 has begun. */
export function begun(plan = PREPAID_SNAPSHOT, account = NO_CREDITS_ALL_ENTRIES): CreditAccount {
  return grantPeriod(account, plan, period(0));
}

/** The account after whole credits of usage, so many minutes into a period. */
export function used(account: CreditAccount, whole: number, segment = 0, minute = 1) {
  const atMs = period(segment).startMs + minute * 60_000;
  return burn(account, { microCredits: credits(whole), segment, atMs, because: {} }).account;
}

/** The account after the next period has begun and `index` is closed. */
export function closed(account: CreditAccount, index: number, plan = PREPAID_SNAPSHOT) {
  const next = period(index + 1);
  return closePeriod(grantPeriod(account, plan, next), plan, period(index), next);
}

/** The account with one more lot, of whole credits, that came in period 0. */
export function withLot(account: CreditAccount, lot: Partial<Lot> & Pick<Lot, 'id'>) {
  const plain = { kind: 'purchase', amount: credits(10), timestampMs: START_MS } as const;
  return addLot(account, { expiresAtMs: null, ...plain, ...lot }, { operator: lot.id });
}

/** What is left by lot. */
export function left(account: CreditAccount): Record<string, number> {
  return Object.fromEntries(account.lots.map((lot) => [lot.id, lot.left]));
}

/** The statement in short: kind and amount in credits, and the balance after. */
export function statement(account: CreditAccount): [string, number, number][] {
  return account.entries.map(({ id, amount, balanceAfter }) => [
    id,
    amount / MICRO_CREDITS,
    balanceAfter / MICRO_CREDITS,
  ]);
}
