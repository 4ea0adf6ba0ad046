import type { PlanSnapshot } from '../catalogue.js';
import { compare, subtract } from '../decimal.js';
import { firstInvoiceNet } from '../forecast/spike.js';
import type { RatedLine } from '../invoice.js';
import { billableQuantity } from '../meters.js';
import { creditsOf, CREDITS_METER } from '../quantity.js';
import { rate } from '../rating/rate.js';
import type { CustomerState, Segment } from '../state.js';
import { accruedMinor } from './prediction.js';
import { snapshotOf } from './segments.js';

/** The net under the first full period after a migration (DESIGN §6). */

/**
 * What the segment's invoice gives back because the plan before would have cost less: its own
 * bill, base included, against the same usage under that plan. Null: nothing, or no migration.
 */
export function netLine(state: CustomerState, segment: Segment): RatedLine | null {
  // A period that was cut short is no full one.
  if (!segment.netAgainst || segment.close === 'final') return null;
  const old = snapshotOf(state, segment.netAgainst);
  const amountMinor = firstInvoiceNet(billUnder(old, segment), accruedMinor(state, segment));
  if (amountMinor === 0) return null;
  return {
    ref: 'net',
    description: `First period after ${old.plan.name}`,
    quantity: 1,
    unitAmountMinor: String(-amountMinor),
    amountMinor: -amountMinor,
  };
}

/** A segment's usage under another plan, base included; of credits its grant comes off. */
function billUnder(snapshot: PlanSnapshot, segment: Segment): number {
  const usage = Object.keys(snapshot.plan.prices ?? {}).map((id) => {
    const meter = snapshot.meters[id];
    const units = meter ? billableQuantity(meter, segment.totals[id]) : 0;
    return [id, id === CREDITS_METER ? beyondGrant(snapshot, creditsOf(units)) : units] as const;
  });
  return rate(snapshot, Object.fromEntries(usage)).subtotalMinor;
}

function beyondGrant({ plan }: PlanSnapshot, credits: string): string {
  const left = subtract(credits, plan.creditGrant?.amount ?? '0');
  return compare(left, '0') > 0 ? left : '0';
}
