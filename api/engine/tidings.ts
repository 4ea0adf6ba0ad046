import { onlyCount } from '../../billing/entries.js';
import type {
  CustomerKey,
  HoldEnd,
  LogGroup,
  LogRange,
  SumRow,
  UsageMessage,
} from '../../billing/log.js';
import { mergeRows } from '../../billing/mergedRows.js';

/**
 * What one customer's workflow has yet to be told: groups as ranges, their usage as sums, and the
 * holds that ended in them.
 */
export interface Tidings {
  readonly key: CustomerKey;
  /** Ascending, disjoint; empty: only the head is told, and the workflow reads the log. */
  ranges: LogRange[];
  rows: SumRow[];
  ends: HoldEnd[];
  /** Rows after the last merge: it is done anew when twice as many wait. */
  mergedRows: number;
  /** Estimated size of the rows and ends. */
  bytes: number;
  /** Catalogue revision of the rows; null: none yet. */
  catalogue: number | null;
  /** Newest run of numbers without a gap that this process wrote and in which nothing acts. */
  quiet: LogRange | null;
  head: number;
}

/** A message may hold 256 KiB; the estimate is rough, so less is taken. */
const MESSAGE_BYTES_MAX = 160 * 1024;

const RANGES_MAX = 200;

/** Forgets the sums: the workflow finds them in the log. What stands in it stays known. */
export function headOnly(tidings: Tidings): void {
  tidings.ranges = [];
  tidings.rows = [];
  tidings.ends = [];
  tidings.mergedRows = 0;
  tidings.bytes = 0;
  tidings.catalogue = null;
}

/** True where a message of this would be too large. */
export function isSpread(tidings: Tidings): boolean {
  return tidings.bytes > MESSAGE_BYTES_MAX || tidings.ranges.length > RANGES_MAX;
}

function rowBytes(row: SumRow): number {
  const properties = row.properties ? JSON.stringify(row.properties).length : 0;
  return 200 + (row.user?.length ?? 0) + properties + (row.last?.id.length ?? 0);
}

function endBytes({ hold, settled }: HoldEnd): number {
  return 30 + hold.length + (settled ? JSON.stringify(settled).length : 0);
}

function sizeOf(rows: readonly SumRow[], ends: readonly HoldEnd[]): number {
  const sum = rows.reduce((bytes, row) => bytes + rowBytes(row), 0);
  return ends.reduce((bytes, end) => bytes + endBytes(end), sum);
}

/** Rows of equal keys become one. */
function merge(tidings: Tidings): void {
  tidings.rows = mergeRows([], tidings.rows);
  tidings.mergedRows = tidings.rows.length;
  tidings.bytes = sizeOf(tidings.rows, tidings.ends);
}

/** What the workflow is told now. */
export function messageOf(tidings: Tidings): UsageMessage {
  merge(tidings);
  const { ranges, rows, ends, catalogue, quiet, head } = tidings;
  const first = ranges[0]?.[0] ?? 0;
  return {
    ranges,
    sums: rows,
    ...(ends.length > 0 ? { ends } : {}),
    catalogue: catalogue ?? 0,
    ...(quiet && quiet[0] <= first ? { quietFrom: quiet[0] } : {}),
    head,
  };
}

/** Nothing to tell yet. */
export function noTidings(key: CustomerKey): Tidings {
  const nothing = { ranges: [], rows: [], ends: [], mergedRows: 0, bytes: 0 };
  return { key, ...nothing, catalogue: null, quiet: null, head: 0 };
}

/**
 * Puts what was taken along and not folded before what has come since: it is told later. Sums of
 * two catalogues do not add up; then the workflow reads the log.
 */
export function putBack(tidings: Tidings, earlier: Tidings): void {
  const { catalogue } = tidings;
  const isSame = catalogue === null || catalogue === earlier.catalogue;
  if (!isSame) {
    headOnly(tidings);
    return;
  }
  tidings.ranges = joinedRanges(earlier.ranges, tidings.ranges);
  tidings.rows = [...earlier.rows, ...tidings.rows];
  tidings.ends = [...earlier.ends, ...tidings.ends];
  tidings.catalogue = catalogue ?? earlier.catalogue;
  tidings.quiet = tidings.quiet ?? earlier.quiet;
  merge(tidings);
  if (isSpread(tidings)) headOnly(tidings);
}

function joinedRanges(earlier: readonly LogRange[], later: readonly LogRange[]): LogRange[] {
  const [last, next] = [earlier.at(-1), later[0]];
  if (!last || !next || last[1] !== next[0] - 1) return [...earlier, ...later];
  return [...earlier.slice(0, -1), [last[0], next[1]], ...later.slice(1)];
}

/** Groups come in order of numbers; a number of another writer ends the run, it may act. */
function quietWith(quiet: LogRange | null, { number, entries }: LogGroup): LogRange | null {
  if (!onlyCount(entries)) return null;
  return [quiet && quiet[1] === number - 1 ? quiet[0] : number, number];
}

/**
 * Adds one group. Its number is heard of in any case; what it counts goes along only where nothing
 * in it acts: commands and fences act in log order, which a message does not keep.
 */
export function take(tidings: Tidings, group: LogGroup): void {
  tidings.head = Math.max(tidings.head, group.number);
  tidings.quiet = quietWith(tidings.quiet, group);
  if (!tidings.quiet) return;
  if (tidings.catalogue !== null && tidings.catalogue !== group.catalogue) return;
  tidings.catalogue = group.catalogue;
  const ends = group.ends ?? [];
  tidings.rows.push(...group.sums);
  tidings.ends.push(...ends);
  tidings.bytes += sizeOf(group.sums, ends);
  if (tidings.rows.length > 2 * tidings.mergedRows + 64) merge(tidings);
  const last = tidings.ranges.at(-1);
  if (last && last[1] === group.number - 1) {
    tidings.ranges[tidings.ranges.length - 1] = [last[0], group.number];
  } else tidings.ranges.push([group.number, group.number]);
}
