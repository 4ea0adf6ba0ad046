import { scaleOf } from '../quantity.js';
import { billedUnits, NO_DEMAND, spendBy } from './billed.js';
import type { LimitContext, LimitStanding } from './context.js';
import { costOf, HIGHEST_INVOICED } from './cost.js';
import type { PricedRule, Rulebook } from './rulebook.js';
import { amountFigures, unitFigures } from './standing.js';

/** Where the limits stand that follow from prices. */

/** `included/METER` of a price that sells nothing beyond it. */
export function includedStanding(
  context: LimitContext,
  rulebook: Rulebook,
  priced: PricedRule,
): LimitStanding {
  const index = rulebook.prices.indexOf(priced);
  const used = billedUnits(context, rulebook, NO_DEMAND, 'alone')[index] ?? 0;
  const all = billedUnits(context, rulebook, NO_DEMAND, 'all')[index] ?? 0;
  const max = priced.price?.included ?? 0;
  return {
    id: `included/${priced.id}`,
    scope: 'customer',
    key: null,
    max,
    ...unitFigures(used, all - used, max, scaleOf(priced.meter)),
    enforcement: 'hard',
    resetsAtMs: context.period?.endMs ?? null,
  };
}

/** The hard spend limit as `spend`: used is what is accrued, held what holds can add. */
export function spendStanding(
  context: LimitContext,
  rulebook: Rulebook,
  hardAmountMinor: number,
): LimitStanding {
  const now = { cost: costOf, costing: 'invoiced' } as const;
  const accrued = spendBy(now, context, rulebook, NO_DEMAND, 'alone');
  const most = spendBy(HIGHEST_INVOICED, context, rulebook, NO_DEMAND, 'all');
  return {
    id: 'spend',
    scope: 'customer',
    key: null,
    max: hardAmountMinor,
    ...amountFigures(accrued, most, hardAmountMinor),
    amounts: true,
    enforcement: 'hard',
    resetsAtMs: context.period?.endMs ?? null,
  };
}
