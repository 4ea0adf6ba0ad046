import { meets } from './branches.js';
import type { PropertyValue, PublishedCatalogue } from './catalogue.js';
import type { LastValue, LogEntry, SumRow, UsageEntry } from './log.js';
import { type SumRules, sumRulesOf, type Ways } from './sumRules.js';

/**
 * Usage of a group added up before it travels: one row for each minute, meter, user and values of
 * the properties that the catalogue names. Exact while quantities stay within 2^53-1; a sum
 * beyond it is never a safe integer again, so the fold can tell. Runs for every event.
 */

/** A row while it grows. */
type GrowingRow = { -readonly [Field in keyof SumRow]: SumRow[Field] };

/** Events that share everything but the meter: their rows, and which counts their meters reach. */
interface Cell {
  readonly bucket: number;
  readonly user: string | undefined;
  readonly properties: Record<string, string> | undefined;
  readonly rows: Map<string, GrowingRow>;
  readonly countRows: Map<string, GrowingRow>;
}

/** Starts of minutes, Unix seconds. */
function bucketOf(atMs: number): number {
  return Math.floor(atMs / 60_000) * 60;
}

/** Lengths come before texts, so no two different cells share a key. */
function part(text: string | undefined): string {
  return text === undefined ? '-' : `${text.length}:${text}`;
}

function isValue(value: unknown): value is PropertyValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function namedValues(
  entry: UsageEntry,
  names: readonly string[],
): Record<string, string> | undefined {
  if (!entry.properties) return undefined;
  let values: Record<string, string> | undefined;
  for (const name of names) {
    const value = entry.properties[name];
    if (!isValue(value)) continue;
    values ??= {};
    values[name] = String(value);
  }
  return values;
}

function cellKey(
  bucket: number,
  user: string | undefined,
  properties: Record<string, string> | undefined,
  names: readonly string[],
): string {
  let key = `${bucket}${part(user)}`;
  if (properties) for (const name of names) key += part(properties[name]);
  return key;
}

/** Is `value` newer than `last`? Greater time, then greater id. */
function isNewer(last: LastValue, atMs: number, id: string): boolean {
  return atMs > last.atMs || (atMs === last.atMs && id > last.id);
}

function newRow(
  cell: Cell,
  meter: string,
  derived: boolean,
  entry: UsageEntry,
  quantity: number,
): GrowingRow {
  const last = { atMs: entry.atMs, id: entry.id, quantity };
  const row: GrowingRow = { bucket: cell.bucket, meter, quantity, count: 1, max: quantity, last };
  if (derived) row.derived = true;
  if (cell.user !== undefined) row.user = cell.user;
  if (cell.properties) row.properties = cell.properties;
  return row;
}

function growRow(row: GrowingRow, entry: UsageEntry, quantity: number): void {
  row.quantity += quantity;
  row.count += 1;
  if (quantity > row.max) row.max = quantity;
  if (isNewer(row.last, entry.atMs, entry.id)) {
    row.last = { atMs: entry.atMs, id: entry.id, quantity };
  }
}

/** Collects the rows of one group, in the order they first appear. */
class RowCollector {
  readonly rows: GrowingRow[] = [];
  readonly #cells = new Map<string, Cell>();

  constructor(readonly rules: SumRules) {}

  add(entry: UsageEntry): void {
    const cell = this.#cellOf(entry);
    for (const meter of Object.keys(entry.quantities)) {
      this.#count(cell, cell.rows, meter, false, entry, entry.quantities[meter] ?? 0);
    }
    for (const { meter, ways } of this.rules.counts) {
      if (!this.#counts(ways, cell, entry)) continue;
      this.#count(cell, cell.countRows, meter, true, entry, 1);
    }
  }

  #cellOf(entry: UsageEntry): Cell {
    const { names } = this.rules;
    const bucket = bucketOf(entry.atMs);
    const properties = namedValues(entry, names);
    const key = cellKey(bucket, entry.user, properties, names);
    const known = this.#cells.get(key);
    if (known) return known;
    const cell = { bucket, user: entry.user, properties, rows: new Map(), countRows: new Map() };
    this.#cells.set(key, cell);
    return cell;
  }

  #count(
    cell: Cell,
    rows: Map<string, GrowingRow>,
    meter: string,
    derived: boolean,
    entry: UsageEntry,
    quantity: number,
  ): void {
    const row = rows.get(meter);
    if (row) return growRow(row, entry, quantity);
    const created = newRow(cell, meter, derived, entry, quantity);
    rows.set(meter, created);
    this.rows.push(created);
  }

  /** True when any meter of the event reaches the count under the event's properties: once. */
  #counts(
    waysByMeter: Ways,
    cell: Cell,
    entry: UsageEntry,
  ): boolean {
    for (const meter of Object.keys(entry.quantities)) {
      const ways = waysByMeter.get(meter);
      if (ways?.some((way) => meets(cell.properties, way))) return true;
    }
    return false;
  }
}

/**
 * Rows of the usage among these entries, in the order they first appear; free events (cache hits)
 * give none, other kinds of entries neither. Each derived `count` has rows of its own: 1 for an
 * event that names any of its meters and matches.
 */
export function sumRows(entries: readonly LogEntry[], published: PublishedCatalogue): SumRow[] {
  const collector = new RowCollector(sumRulesOf(published));
  for (const entry of entries) {
    if (entry.kind === 'usage' && !entry.free) collector.add(entry);
  }
  return collector.rows;
}

/** Everything a row is about; rows of equal keys add up. */
function rowKey(row: SumRow): string {
  const properties = Object.entries(row.properties ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([row.bucket, row.meter, row.derived, row.user, row.hold, properties]);
}

/** Both lists as one: rows of equal keys added up, those of `a` first, inputs left as they are. */
export function mergeRows(a: readonly SumRow[], b: readonly SumRow[]): SumRow[] {
  const merged = new Map<string, SumRow>();
  for (const row of [...a, ...b]) {
    const key = rowKey(row);
    const before = merged.get(key);
    merged.set(key, before ? joinRows(before, row) : row);
  }
  return [...merged.values()];
}

function joinRows(a: SumRow, b: SumRow): SumRow {
  return {
    ...a,
    quantity: a.quantity + b.quantity,
    count: a.count + b.count,
    max: Math.max(a.max, b.max),
    last: isNewer(a.last, b.last.atMs, b.last.id) ? b.last : a.last,
  };
}
