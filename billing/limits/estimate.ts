import { subtract } from '../decimal.js';
import { creditsOf } from '../quantity.js';
import { billedUnits, isBilled, NO_DEMAND } from './billed.js';
import type { Asked, LimitContext } from './context.js';
import { costOf, costOfAll } from './cost.js';
import type { Demand } from './demand.js';
import { questionOf } from './judge.js';
import { creditsAsked } from './refusals.js';

/** What an ask would add, as exact decimal strings (CONTRACT §4.2). */
export interface Estimate {
  readonly amountMinor: string;
  readonly credits: string;
}

/**
 * Exact cost of the open period's usage, holds and this ask, minus the same without it, unrounded
 * (negative where a volume price falls; "0" in a trial), and the credits that the ask takes where
 * the plan pays in credits.
 */
export function estimate(context: LimitContext, asked: Asked): Estimate {
  const question = questionOf(context, asked);
  const { rulebook, demand } = question;
  const cost = (added: Demand): string =>
    costOfAll(
      { cost: costOf, costing: 'exact' },
      rulebook.prices,
      billedUnits(context, rulebook, added, 'all'),
    );
  return {
    amountMinor: isBilled(context) ? subtract(cost(demand), cost(NO_DEMAND)) : '0',
    credits: creditsOf(Math.min(creditsAsked(question), Number.MAX_SAFE_INTEGER)),
  };
}
