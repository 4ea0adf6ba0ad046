import type { PublishedCatalogue } from '../catalogue.js';
import { extendTo, segmentAt, snapshotOf } from '../customer/periods/segments.js';
import type { LogEntry, LogGroup, SumRow } from '../log.js';
import { addRow } from '../meters.js';
import type { CustomerState, MeterTotal } from '../state.js';
import { addTotals } from '../totals.js';
import { sumRows } from '../sums.js';

/** What single entries of the log count for, by the very rules of the fold. */

/** What one entry adds to one meter of one period. */
export interface Contribution {
  /** Index of the segment; null: before the customer's first period. */
  readonly segment: number | null;
  readonly meter: string;
  /** True after the segment's fence. */
  readonly late: boolean;
  /** The entry: an event's own id, else `settle/…` or `void/…`. */
  readonly id: string;
  readonly kind: LogEntry['kind'];
  /** Number of its group in the log. */
  readonly number: number;
  /** Start of its minute (or 5 seconds), ms. */
  readonly atMs: number;
  readonly total: MeterTotal;
}

/**
 * Contributions of a group's entries to the priced meters of the periods they fall into. `before`
 * is the state folded up to the group: it says which period an instant is in, and whether that
 * was closed by then.
 */
export function contributionsOf(
  before: CustomerState,
  group: LogGroup,
  published: PublishedCatalogue,
): Contribution[] {
  // Without a period nothing is billed: what an incomplete customer used is written off.
  if (before.status === 'incomplete') return [];
  return group.entries.flatMap((entry) => ofEntry(before, group.number, entry, published));
}

function ofEntry(
  before: CustomerState,
  number: number,
  entry: LogEntry,
  published: PublishedCatalogue,
): Contribution[] {
  const { id, kind } = entry;
  const added = new Map<string, Contribution>();
  for (const row of sumRows([entry], published)) {
    const atMs = row.bucket * 1000;
    const place = placeOf(before, published, atMs);
    const totals = addRow({}, place.meters, row as SumRow);
    for (const [meter, total] of Object.entries(totals)) {
      if (place.priced && !Object.hasOwn(place.priced, meter)) continue;
      const { segment, late } = place;
      const name = `${segment} ${late} ${meter}`;
      const sum = addTotals(added.get(name)?.total, total);
      added.set(name, { segment, meter, late, id, kind, number, atMs, total: sum });
    }
  }
  return [...added.values()];
}

/** Before the first period it is not known yet what will be priced: every meter counts. */
function placeOf(before: CustomerState, { meters }: PublishedCatalogue, atMs: number) {
  if (before.segments.length === 0) return { segment: null, late: false, meters, priced: null };
  const extended = extendTo(before, atMs);
  const { index, plan, frozen } = segmentAt(extended, atMs);
  const snapshot = snapshotOf(extended, plan);
  const priced = snapshot.plan.prices ?? {};
  return { segment: index, late: frozen, meters: snapshot.meters, priced };
}
