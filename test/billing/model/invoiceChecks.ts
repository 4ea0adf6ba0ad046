import { usageLines } from '../../../billing/customer/invoice/prediction.js';
import type { CustomerState } from '../../../billing/state.js';
import { same } from './broken.js';
import type { Model } from './model.js';
import { billOf } from './prices.js';

/** The usage on an invoice costs what the log's facts before the fence cost, to the cent. */
export function checkInvoice(state: CustomerState, index: number, model: Model): void {
  const segment = state.segments.find((candidate) => candidate.index === index);
  const period = model.periods.numbered(index);
  if (!segment || !period) return;
  const lines = usageLines(state, segment);
  for (const [meter, price] of Object.entries(period.plan.plan.prices ?? {})) {
    const found = lines.filter((line) => line.meter === meter);
    const amountMinor = found.reduce((sum, line) => sum + line.amountMinor, 0);
    // What of credits no lot has paid for is told by the account, which has its own check.
    const inCredits = meter === 'credits';
    const covered = segment.coveredMicroCredits ?? 0;
    const used = period.sums.units(meter);
    const units = inCredits ? Math.max(0, used - covered) : used;
    const expected = billOf(price, units, inCredits ? 1_000_000n : 1n);
    same(amountMinor, expected, 'invoice', () => `period ${index}, ${units} of ${meter}`);
  }
}
