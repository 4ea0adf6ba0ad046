import type { Plan, PlanSnapshot } from '../../billing/catalogue.js';
import { NO_CREDITS } from '../../billing/credits/account.js';
import { balanceAt } from '../../billing/credits/balance.js';
import { burn } from '../../billing/credits/burns.js';
import { addCredits } from '../../billing/credits/lots.js';
import { closePeriod, grantPeriod } from '../../billing/credits/periods.js';
import { subtract } from '../../billing/decimal.js';
import type { PeriodBounds } from '../../billing/period.js';
import { creditsOf, microCreditsOf } from '../../billing/quantity.js';

/** Credits, as the examples of docs/rules.md say them. */

const NOW_MS = Date.UTC(2026, 10, 21, 12);

function snapshotOf(creditGrant: NonNullable<Plan['creditGrant']>): PlanSnapshot {
  const plan: Plan = { name: 'Example', interval: 'month', creditGrant };
  return { id: 'example', version: 1, revision: 1, currency: 'usd', meters: {}, plan };
}

type Given = readonly [kind: 'purchase' | 'promotion', amount: string];

/** What each lot paid of a burn, and what is left of all, in credits. */
export function burned(first: Given, second: Given, amount: string): Record<string, string> {
  const account = [first, second].reduce(
    (before, [kind, credits]) =>
      addCredits(before, { id: kind, kind, amount: credits, atMs: NOW_MS }),
    NO_CREDITS,
  );
  const because = { period: 0 };
  const asked = { microCredits: microCreditsOf(amount), segment: 0, atMs: NOW_MS, because };
  const after = burn(account, asked).account;
  const left = (kind: string) => {
    const lot = after.lots.find((candidate) => candidate.kind === kind);
    return creditsOf(lot?.left ?? 0);
  };
  return {
    promotion: subtract(second[1], left('promotion')),
    purchase: subtract(first[1], left('purchase')),
    left: creditsOf(balanceAt(after, NOW_MS)),
  };
}

/** Credits that roll over from a period in which so many were used. */
export function rolledOver(grant: NonNullable<Plan['creditGrant']>, used: string): string {
  const snapshot = snapshotOf(grant);
  const [first, next] = [0, 1].map((index) => {
    return { index, startMs: index * 1000, endMs: (index + 1) * 1000 };
  }) as [PeriodBounds & { index: number }, PeriodBounds & { index: number }];
  const granted = grantPeriod(NO_CREDITS, snapshot, first);
  const asked = { microCredits: microCreditsOf(used), segment: 0, atMs: 0, because: {} };
  const closed = closePeriod(burn(granted, asked).account, snapshot, first, next);
  return creditsOf(closed.lots.find(({ kind }) => kind === 'rollover')?.left ?? 0);
}
