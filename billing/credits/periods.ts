import type { PlanSnapshot } from '../catalogue.js';
import type { PeriodBounds } from '../period.js';
import { microCreditsOf } from '../quantity.js';
import type { CreditAccount, Lot } from './account.js';
import { closedThrough } from './account.js';
import { coverFrom } from './burns.js';
import { endLots, isOfPeriod } from './expiry.js';
import { addLot, growLot, replaceLot } from './lots.js';

/** Credits that come and go with a plan's periods. */

/** A segment as far as credits look at it. */
export interface CreditPeriod extends PeriodBounds {
  readonly index: number;
}

/** A segment that takes no more usage. */
export type ClosedPeriod = Pick<CreditPeriod, 'index' | 'endMs'>;

/**
 * Gives a period its plan's grant as the lot `grant/INDEX`, which ends with the period. A period
 * has one grant: a repeat changes nothing, and a plan that takes the period over moves its end
 * and raises it to the larger of the two. A closed period gets none.
 */
export function grantPeriod(
  account: CreditAccount,
  snapshot: PlanSnapshot,
  period: CreditPeriod,
): CreditAccount {
  const { index, startMs, endMs } = period;
  const { creditGrant } = snapshot.plan;
  if (!creditGrant || index <= closedThrough(account)) return account;
  const id = `grant/${index}`;
  const amount = microCreditsOf(creditGrant.amount);
  const because = { period: index };
  const known = account.lots.find((lot) => lot.id === id);
  if (known) {
    const bounded = { ...known, expiresAtMs: endMs };
    return growLot(replaceLot(account, bounded), bounded, amount - known.amount, because);
  }
  const lot = { id, amount, timestampMs: startMs, expiresAtMs: endMs, period: index };
  return addLot(account, { ...lot, kind: 'grant' }, because);
}

/**
 * Ends a period, at its fence: everything that has ended by then expires. What was left of the
 * period's grant and of its roll-over becomes, up to `rolloverMax`, the lot `rollover/NEXT` of
 * the next period, and pays at once for what that has used without cover. Earlier periods that
 * are open still close with it. A period that is closed changes nothing.
 */
export function closePeriod(
  account: CreditAccount,
  snapshot: PlanSnapshot,
  closed: ClosedPeriod,
  next: CreditPeriod,
): CreditAccount {
  const { index } = closed;
  if (index <= closedThrough(account)) return account;
  const leftovers = account.lots.filter((lot) => lot.left > 0 && isOfPeriod(lot, index));
  const ended = { ...endLots(account, closed), closedThrough: index };
  return rollOver(ended, snapshot, leftovers, next);
}

function rollOver(
  account: CreditAccount,
  snapshot: PlanSnapshot,
  leftovers: readonly Lot[],
  next: CreditPeriod,
): CreditAccount {
  const rolloverMax = snapshot.plan.creditGrant?.rolloverMax;
  if (rolloverMax === undefined) return account;
  const left = leftovers.reduce((sum, lot) => sum + lot.left, 0);
  const amount = Math.min(left, microCreditsOf(rolloverMax));
  const id = `rollover/${next.index}`;
  const bounds = { timestampMs: next.startMs, expiresAtMs: next.endMs, period: next.index };
  const from = leftovers.map((lot) => lot.id);
  const because = { period: next.index };
  const rolled = addLot(account, { id, kind: 'rollover', amount, ...bounds }, because, from);
  const lot = rolled.lots.find((candidate) => candidate.id === id);
  return lot ? coverFrom(rolled, lot, next.startMs) : rolled;
}
