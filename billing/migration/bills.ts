import type { PlanSnapshot } from '../catalogue.js';
import { compare, subtract } from '../decimal.js';
import type { SumRow } from '../log.js';
import { addRow, billableQuantity } from '../meters.js';
import { metersReached } from '../planMeters.js';
import { CREDITS_METER, scaleOf, shownQuantity } from '../quantity.js';
import { type PeriodUsage, rate } from '../rating/rate.js';
import type { MeterTotal } from '../state.js';
import type { ComparedPeriod } from './periods.js';

/** What another plan version would mean, told from what customers used (CONTRACT §3.4). */

/** The same usage under two plans, whole minor units, base included. */
export interface TwoBills {
  readonly oldAmountMinor: number;
  readonly newAmountMinor: number;
}

/** One customer's bills, and the most it used of each meter in one of the periods. */
export interface ComparedUsage extends TwoBills {
  /** Whole units by meter that either plan reaches; of credits micro-credits. */
  readonly units: Readonly<Record<string, number>>;
}

type Totals = Record<string, MeterTotal>;

/**
 * What a plan bills of the usage of one period: meters it does not know cost nothing, and of
 * credits (as used, a decimal string) its own grant comes off; what was rolled over or bought
 * does not.
 * @throws UsageFaultsError for quantities that are not whole.
 */
export function billUnder(snapshot: PlanSnapshot, usage: PeriodUsage): number {
  const known = Object.entries(usage)
    .filter(([meter]) => Object.hasOwn(snapshot.meters, meter))
    .map(([meter, quantity]) => {
      const billed = meter === CREDITS_METER ? beyondGrant(snapshot, quantity) : quantity;
      return [meter, billed] as const;
    });
  return rate(snapshot, Object.fromEntries(known)).subtotalMinor;
}

function beyondGrant(snapshot: PlanSnapshot, credits: number | string): string {
  const left = subtract(String(credits), snapshot.plan.creditGrant?.amount ?? '0');
  return compare(left, '0') > 0 ? left : '0';
}

/** Usage of some periods, counted by the meters of two plans at once. Grows row by row. */
export class UsageOfPeriods {
  private readonly counted: readonly {
    readonly period: ComparedPeriod;
    readonly totals: Map<PlanSnapshot, Totals>;
  }[];

  constructor(
    periods: readonly ComparedPeriod[],
    private readonly old: PlanSnapshot,
    private readonly next: PlanSnapshot,
  ) {
    const totals = () => new Map<PlanSnapshot, Totals>([[old, {}], [next, {}]]);
    this.counted = periods.map((period) => ({ period, totals: totals() }));
  }

  /** Counts a row in the period of its bucket; in none where it lies outside of all. */
  add(row: SumRow): void {
    const atMs = row.bucket * 1000;
    const found = this.counted.findLast(({ period }) => atMs >= period.usageFromMs);
    if (!found || atMs >= found.period.endMs) return;
    for (const [snapshot, before] of found.totals) {
      found.totals.set(snapshot, addRow(before, snapshot.meters, row));
    }
  }

  /**
   * Both plans' bills of all periods. @throws RangeError beyond 2^53-1 minor units.
   */
  compared(): ComparedUsage {
    const bills = { old: 0, next: 0 };
    const units: Record<string, number> = {};
    for (const { totals } of this.counted) {
      bills.old += this.bill(this.old, totals, units);
      bills.next += this.bill(this.next, totals, units);
    }
    const { old: oldAmountMinor, next: newAmountMinor } = bills;
    for (const amount of [oldAmountMinor, newAmountMinor]) {
      if (!Number.isSafeInteger(amount)) throw new RangeError(`a sum beyond 2^53-1: ${amount}`);
    }
    return { oldAmountMinor, newAmountMinor, units };
  }

  private bill(
    snapshot: PlanSnapshot,
    totals: ReadonlyMap<PlanSnapshot, Totals>,
    most: Record<string, number>,
  ): number {
    const { plan, meters } = snapshot;
    const usage = Object.entries(metersReached(plan, meters)).map(([id, meter]) => {
      const used = billableQuantity(meter, totals.get(snapshot)?.[id]);
      most[id] = Math.max(most[id] ?? 0, used);
      return [id, shownQuantity(used, scaleOf(meter))] as const;
    });
    return billUnder(snapshot, Object.fromEntries(usage));
  }
}
