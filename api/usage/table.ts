import { conditionsOf, meets, reportedBranches } from '../../billing/branches.js';
import type { PublishedCatalogue } from '../../billing/catalogue.js';
import { add, divide, fromWhole, multiply } from '../../billing/decimal.js';
import { TotalOutOfRangeError } from '../../billing/totals.js';
import type { SumRow } from '../../billing/log.js';
import { addRow, billableQuantity, metersCounting } from '../../billing/meters.js';
import { scaleOf, shownQuantity } from '../../billing/quantity.js';
import type { MeterTotal } from '../../billing/state.js';

/** Rows of sums become the rows of GET /v1/usage. */

/** What a row of usage is told apart by. */
export type GroupKey = 'user' | 'customer' | `property:${string}`;

/** One row of the answer; `share` is of its meter in its bucket. */
export interface UsageRow {
  readonly startMs: number;
  readonly meter: string;
  readonly key: Readonly<Record<string, string | null>>;
  readonly quantity: number | string;
  readonly count: number;
  /** Decimal string with at most 2 decimals. */
  readonly sharePercent: string;
  /** Exact decimal string of minor units: what it cost the operator. */
  readonly costMinor: string;
}

interface Cell {
  readonly startMs: number;
  readonly key: Readonly<Record<string, string | null>>;
  totals: Record<string, MeterTotal>;
  /** Units by meter and place in the list of costs. */
  readonly costUnits: Map<string, Map<number, number>>;
}

/** Grows row by row: memory holds the cells of the answer, never the log. */
export class UsageTable {
  private readonly cells = new Map<string, Cell>();

  constructor(
    private readonly catalogue: PublishedCatalogue,
    private readonly groupBy: readonly GroupKey[],
    private readonly startOf: (atMs: number) => number,
  ) {}

  /** Cells so far: each gives a row for every meter used in it. */
  get size(): number {
    return this.cells.size;
  }

  /** @throws TotalOutOfRangeError when a total leaves the exact range. */
  add(customer: string, row: SumRow): void {
    const startMs = this.startOf(row.bucket * 1000);
    const key = this.keyOf(customer, row);
    const name = `${startMs} ${JSON.stringify(key)}`;
    const known = this.cells.get(name);
    const cell = known ?? { startMs, key, totals: {}, costUnits: new Map() };
    if (!known) this.cells.set(name, cell);
    cell.totals = addRow(cell.totals, this.catalogue.meters, row);
    this.addCost(cell, row);
  }

  /** Rows in order of time, meter and key; `meter` leaves one meter only. */
  rows(meter?: string): UsageRow[] {
    const sums = this.bucketSums();
    const rows = [...this.cells.values()].flatMap((cell) => {
      const meters = Object.keys(cell.totals).filter((id) => meter === undefined || id === meter);
      return meters.map((id) => this.row(cell, id, sums.get(`${cell.startMs} ${id}`) ?? '0'));
    });
    return rows.sort(
      (a, b) =>
        a.startMs - b.startMs ||
        compareText(a.meter, b.meter) ||
        compareText(JSON.stringify(a.key), JSON.stringify(b.key)),
    );
  }

  private keyOf(customer: string, row: SumRow): Record<string, string | null> {
    const parts = this.groupBy.map((group): [string, string | null] => {
      if (group === 'customer') return [group, customer];
      if (group === 'user') return [group, row.user ?? null];
      return [group, row.properties?.[group.slice('property:'.length)] ?? null];
    });
    return Object.fromEntries(parts);
  }

  /** The first cost that counts a reported quantity is what its units cost. */
  private addCost(cell: Cell, row: SumRow): void {
    const at = row.derived ? -1 : this.costAt(row);
    if (at < 0) return;
    for (const { meter } of metersCounting(this.catalogue.meters, row.meter, row.properties)) {
      const units = cell.costUnits.get(meter) ?? new Map<number, number>();
      const sum = (units.get(at) ?? 0) + row.quantity;
      if (!Number.isSafeInteger(sum)) throw new TotalOutOfRangeError(meter, sum);
      units.set(at, sum);
      cell.costUnits.set(meter, units);
    }
  }

  private costAt(row: SumRow): number {
    return this.catalogue.costs.findIndex((cost) => {
      if (!meets(row.properties, conditionsOf(cost.where))) return false;
      return reportedBranches(this.catalogue.meters, cost.meter).some(
        ({ leaf, conditions }) => leaf === row.meter && meets(row.properties, conditions),
      );
    });
  }

  private quantityOf(cell: Cell, id: string): number {
    const meter = this.catalogue.meters[id];
    return meter ? billableQuantity(meter, cell.totals[id]) : 0;
  }

  /** Sums over keys, as decimals: together they may leave the range that each stays in. */
  private bucketSums(): Map<string, string> {
    const sums = new Map<string, string>();
    for (const cell of this.cells.values()) {
      for (const id of Object.keys(cell.totals)) {
        const name = `${cell.startMs} ${id}`;
        sums.set(name, add(sums.get(name) ?? '0', fromWhole(this.quantityOf(cell, id))));
      }
    }
    return sums;
  }

  private row(cell: Cell, id: string, bucketSum: string): UsageRow {
    const meter = this.catalogue.meters[id];
    const units = this.quantityOf(cell, id);
    const hundredfold = multiply(fromWhole(units), '100');
    return {
      startMs: cell.startMs,
      meter: id,
      key: cell.key,
      quantity: meter ? shownQuantity(units, scaleOf(meter)) : units,
      count: cell.totals[id]?.count ?? 0,
      sharePercent: bucketSum === '0' ? '0' : divide(hundredfold, bucketSum, 2),
      costMinor: this.costOf(cell, id),
    };
  }

  private costOf(cell: Cell, id: string): string {
    let costMinor = '0';
    for (const [at, units] of cell.costUnits.get(id) ?? []) {
      const unitCostMinor = this.catalogue.costs[at]?.unitCostMinor ?? '0';
      costMinor = add(costMinor, multiply(fromWhole(units), unitCostMinor));
    }
    return costMinor;
  }
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
