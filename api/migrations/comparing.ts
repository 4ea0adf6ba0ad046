import type { PlanSnapshot } from '../../billing/catalogue.js';
import { planInForce } from '../../billing/customer/periods/segments.js';
import { UsageOfPeriods, type ComparedUsage } from '../../billing/migration/bills.js';
import { comparedPeriods } from '../../billing/migration/periods.js';
import { summedSince } from '../../billing/migration/summedSince.js';
import type { CustomerState } from '../../billing/state.js';
import type { LogReader } from '../../ledger/contract.js';
import type { Migration } from './migration.js';

/** A customer's bills under two versions, and over which periods. */
export interface Compared extends ComparedUsage {
  /** Periods that were rated, the oldest first. */
  readonly periods: readonly { readonly startMs: number; readonly endMs: number }[];
}

const NOTHING: Compared = { oldAmountMinor: 0, newAmountMinor: 0, units: {}, periods: [] };

/** Rates what a customer used under the plan it is on and under the one to come. */
export async function compare(
  log: LogReader,
  { to, catalogue }: Pick<Migration, 'to' | 'catalogue'>,
  state: CustomerState,
  nowMs: number,
): Promise<Compared> {
  const old: PlanSnapshot | null = planInForce(state);
  const periods = comparedPeriods(state, nowMs);
  const [first] = periods;
  const last = periods.at(-1);
  if (!old || !first || !last) return NOTHING;
  const usage = new UsageOfPeriods(periods, old, to);
  const sums = log.sumsBy(catalogue, {
    customer: state.key.customer,
    fromMs: first.usageFromMs,
    toMs: last.endMs,
    revision: summedSince(catalogue, [old, to]),
  });
  for await (const rows of sums) for (const row of rows) usage.add(row);
  return { ...usage.compared(), periods };
}
