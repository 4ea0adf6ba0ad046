import type { CustomerKey } from '../../billing/log.js';
import { contributionsOf } from '../../billing/reconcile/contributions.js';
import type { Found } from '../../billing/reconcile/difference.js';
import { subtract, toWhole } from '../../billing/decimal.js';
import { billableQuantity } from '../../billing/meters.js';
import { reportable } from '../../billing/rating/reportable.js';
import { UsageTally } from '../../billing/reconcile/tally.js';
import { snapshotOf } from '../../billing/customer/periods/segments.js';
import type { CustomerState, Segment } from '../../billing/state.js';
import type { Ledger } from '../../ledger/contract.js';
import { type FoldVisitor, foldLog } from './foldLog.js';

/** Drift named down to the events of the log. */

/** Ids that one finding names. */
const EVENTS_MAX = 20;

const MINUTE_MS = 60_000;

/** What Stripe may have been told of a meter at most: nothing taken back by voids. */
export async function grossUnits(
  ledger: Ledger,
  standing: CustomerState,
  { index, plan }: Segment,
  meter: string,
): Promise<number> {
  const tally = new UsageTally(() => 0);
  const { key, mark } = standing;
  await foldLog(ledger, key, { mark }, tallying(tally));
  const snapshot = snapshotOf(standing, plan);
  const definition = snapshot.meters[meter];
  const price = snapshot.plan.prices?.[meter];
  if (!definition || !price) return 0;
  const { gross } = tally.of(index, meter, false);
  return reportable(meter, price, billableQuantity(definition, gross));
}

/** A visitor that adds up every entry of a log. */
export function tallying(tally: UsageTally): FoldVisitor {
  return {
    group: (before, group, published) => {
      for (const contribution of contributionsOf(before, group, published)) tally.add(contribution);
    },
    folded: (after) => tally.folded(after),
  };
}

/**
 * The findings with ids of entries: of the report's minute where there is a report, or those
 * that hold exactly what the workflow has too much or too little.
 */
export async function withEvents(
  ledger: Ledger,
  key: CustomerKey,
  mark: number,
  findings: readonly Found[],
): Promise<Found[]> {
  const named = findings.map((finding) => ({ finding, ids: [] as string[] }));
  const wanted = named.filter(({ finding }) => finding.meter !== null && mayName(finding));
  if (wanted.length === 0) return [...findings];
  const visitor: FoldVisitor = {
    group: (before, group, published) => {
      for (const contribution of contributionsOf(before, group, published)) {
        const { id, segment, meter, atMs, total } = contribution;
        for (const { finding, ids } of wanted) {
          if (meter !== finding.meter || segment !== finding.segment) continue;
          const { quantity } = total;
          if (ids.length < EVENTS_MAX && matches(finding, atMs, quantity)) ids.push(id);
        }
      }
    },
    folded: () => undefined,
  };
  await foldLog(ledger, key, { mark }, visitor);
  return named.map(({ finding, ids }) => (ids.length > 0 ? { ...finding, events: ids } : finding));
}

function mayName({ where, minuteMs }: Found): boolean {
  return where === 'ledgerWorkflow' || minuteMs !== undefined;
}

function matches({ minuteMs, expected, found }: Found, atMs: number, quantity: number): boolean {
  if (minuteMs !== undefined) return atMs >= minuteMs && atMs < minuteMs + MINUTE_MS;
  return Math.abs(toWhole(subtract(found, expected))) === Math.abs(quantity);
}
