import type { PlanSnapshot } from '../../catalogue.js';
import { firstInvoiceNet } from '../../forecast/spike.js';
import type { RatedLine } from '../../invoice.js';
import { billableQuantity } from '../../meters.js';
import { billUnder } from '../../migration/bills.js';
import { creditsOf, CREDITS_METER } from '../../quantity.js';
import type { PeriodUsage } from '../../rating/rate.js';
import type { CustomerState, Segment } from '../../state.js';
import { accruedMinor } from './prediction.js';
import { snapshotOf } from '../periods/segments.js';

/** The net under the first full period after a migration (DESIGN §6). */

/**
 * What the segment's invoice gives back because the plan before would have cost less: its own
 * bill, base included, against the same usage under that plan. Null: nothing, or no migration.
 */
export function netLine(state: CustomerState, segment: Segment): RatedLine | null {
  // A period that was cut short is no full one.
  if (!segment.netAgainst || segment.close === 'final') return null;
  const old = snapshotOf(state, segment.netAgainst);
  const before = billUnder(old, usageFor(old, segment));
  const amountMinor = firstInvoiceNet(before, accruedMinor(state, segment));
  if (amountMinor === 0) return null;
  return {
    ref: 'net',
    description: `First period after ${old.plan.name}`,
    quantity: 1,
    unitAmountMinor: String(-amountMinor),
    amountMinor: -amountMinor,
  };
}

/** A segment's usage of what another plan prices. */
function usageFor({ plan, meters }: PlanSnapshot, { totals }: Segment): PeriodUsage {
  const usage = Object.keys(plan.prices ?? {}).map((id) => {
    const meter = meters[id];
    const units = meter ? billableQuantity(meter, totals[id]) : 0;
    return [id, id === CREDITS_METER ? creditsOf(units) : units] as const;
  });
  return Object.fromEntries(usage);
}
