import { pricedMeters } from '../../../billing/customer/reporting/reporting.js';
import { reportingRow } from '../../../billing/customer/reporting/reportingRow.js';
import type { CustomerState, Segment } from '../../../billing/state.js';
import { must, same } from './broken.js';
import { billableOf } from './facts.js';
import type { Model } from './model.js';

/** ledger = accepted + pending + inDoubt + deadLetter + withheld + late, always (I2). */
export function checkReporting(state: CustomerState, before: CustomerState, model: Model): void {
  for (const segment of state.segments) {
    const old = before.segments.find(({ index }) => index === segment.index);
    if (!segment.stripe || old === segment) continue;
    for (const [meter, price] of pricedMeters(state, segment)) {
      const row = reportingRow(state, segment, meter, price);
      const { ledger, accepted, pending, inDoubt, deadLetter, withheld, late } = row;
      const sum = accepted + pending + inDoubt + deadLetter + withheld + late;
      const where = () => `period ${segment.index}, ${meter}: ${JSON.stringify(row)}`;
      same(sum, ledger, 'I2', where);
      same(ledger, inTheLog(segment, meter, model), 'I2', where);
      const parts = [accepted, pending, inDoubt, deadLetter, withheld];
      must(Math.min(...parts) >= 0, 'I2', () => `negative, ${where()}`);
      if (!segment.frozen) same(late, Math.min(0, late), 'I2', where);
      neverFalls(segment, old, meter);
    }
  }
}

function inTheLog(segment: Segment, meter: string, model: Model): number {
  const period = model.periods.numbered(segment.index);
  if (!period) return 0;
  const { aggregation } = period.plan.meters[meter] ?? {};
  if (aggregation === 'sum' || aggregation === 'count') {
    return period.sums.units(meter) + period.lateSums.units(meter);
  }
  return billableOf(period.plan, meter, [...period.facts, ...period.late]);
}

/** What Stripe was told only grows, and is the sum of what became of it. */
function neverFalls(segment: Segment, old: Segment | undefined, meter: string): void {
  const reports = segment.reports[meter];
  if (!reports) return;
  const { intended, accepted, inDoubt, deadLetter } = reports;
  same(accepted + inDoubt + deadLetter, intended, 'I2', () => `intents of ${meter}`);
  const told = old?.reports[meter]?.intended ?? 0;
  must(intended >= told, 'I6', () => `${meter}: ${intended} after ${told} were told`);
}
