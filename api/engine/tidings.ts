import type { CustomerKey, LogGroup, LogRange, SumRow, UsageMessage } from '../../billing/log.js';
import { mergeRows } from '../../billing/sums.js';

/** What one customer's workflow has yet to be told: groups as ranges, their usage as sums. */
export interface Tidings {
  readonly key: CustomerKey;
  /** Ascending, disjoint; empty: only the head is told, and the workflow reads the log. */
  ranges: LogRange[];
  rows: SumRow[];
  /** Rows after the last merge: it is done anew when twice as many wait. */
  mergedRows: number;
  /** Estimated size of the rows. */
  bytes: number;
  /** Catalogue revision of the rows; null: none yet. */
  catalogue: number | null;
  head: number;
}

/** A message may hold 256 KiB; the estimate is rough, so less is taken. */
const MESSAGE_BYTES_MAX = 160 * 1024;

const RANGES_MAX = 200;

/** Forgets the sums: the workflow finds them in the log. */
export function headOnly(tidings: Tidings): void {
  tidings.ranges = [];
  tidings.rows = [];
  tidings.mergedRows = 0;
  tidings.bytes = 0;
  tidings.catalogue = null;
}

/** True where a message of this would be too large. */
export function isSpread(tidings: Tidings): boolean {
  return tidings.bytes > MESSAGE_BYTES_MAX || tidings.ranges.length > RANGES_MAX;
}

function sizeOf(row: SumRow): number {
  const properties = row.properties ? JSON.stringify(row.properties).length : 0;
  return 200 + (row.user?.length ?? 0) + properties + row.last.id.length;
}

/** Rows of equal keys become one. */
function merge(tidings: Tidings): void {
  tidings.rows = mergeRows([], tidings.rows);
  tidings.mergedRows = tidings.rows.length;
  tidings.bytes = tidings.rows.reduce((sum, row) => sum + sizeOf(row), 0);
}

/** What the workflow is told now. */
export function messageOf(tidings: Tidings): UsageMessage {
  merge(tidings);
  const { ranges, rows, catalogue, head } = tidings;
  return { ranges, sums: rows, catalogue: catalogue ?? 0, head };
}

/** Nothing to tell yet. */
export function noTidings(key: CustomerKey): Tidings {
  return { key, ranges: [], rows: [], mergedRows: 0, bytes: 0, catalogue: null, head: 0 };
}

/**
 * Adds one group. Its number is heard of in any case; its usage goes along only where nothing
 * else stands in it: commands and fences act in log order, which a message does not keep.
 */
export function take(tidings: Tidings, group: LogGroup): void {
  tidings.head = Math.max(tidings.head, group.number);
  if (group.entries.some((entry) => entry.kind !== 'usage')) return;
  if (tidings.catalogue !== null && tidings.catalogue !== group.catalogue) return;
  tidings.catalogue = group.catalogue;
  tidings.rows.push(...group.sums);
  tidings.bytes += group.sums.reduce((sum, row) => sum + sizeOf(row), 0);
  if (tidings.rows.length > 2 * tidings.mergedRows + 64) merge(tidings);
  const last = tidings.ranges.at(-1);
  if (last && last[1] === group.number - 1) {
    tidings.ranges[tidings.ranges.length - 1] = [last[0], group.number];
  } else tidings.ranges.push([group.number, group.number]);
}
