import { meets } from './branches.js';
import type { PropertyValue, PublishedCatalogue } from './catalogue.js';
import {
  type Counted,
  growRow,
  type GrowingRow,
  isPart,
  type Manner,
  newRow,
  takesBack,
} from './growingRow.js';
import type { LogEntry, Quantities, SettleEntry, SumRow, UsageEntry } from './log.js';
import { type SumRules, sumRulesOf, type Ways } from './sumRules.js';

/**
 * Usage of a group added up before it travels: one row for each bucket, meter, user and values of
 * the properties that the catalogue names. Exact while quantities stay within 2^53-1; a sum
 * beyond it is never a safe integer again, so the fold can tell. Runs for every event.
 */

/** What shares everything but the meter: its rows, and which derived counts it reaches. */
interface Cell {
  readonly bucket: number;
  readonly user: string | undefined;
  readonly properties: Record<string, string> | undefined;
  readonly rows: Map<string, GrowingRow>;
  readonly countRows: Map<string, GrowingRow>;
}

const MINUTE_SECONDS = 60;

/** A sliding minute moves on in steps of this: so long at most is it stricter than its name. */
const FINE_SECONDS = 5;

/** Lengths come before texts, so no two different cells share a key. */
function part(text: string | undefined): string {
  return text === undefined ? '-' : `${text.length}:${text}`;
}

function isValue(value: unknown): value is PropertyValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function namedValues(
  { properties }: Counted,
  names: readonly string[],
): Record<string, string> | undefined {
  if (!properties) return undefined;
  let values: Record<string, string> | undefined;
  for (const name of names) {
    const value = properties[name];
    if (!isValue(value)) continue;
    values ??= {};
    values[name] = String(value);
  }
  return values;
}

function cellKey(
  user: string | undefined,
  properties: Record<string, string> | undefined,
  names: readonly string[],
): string {
  let key = part(user);
  if (properties) for (const name of names) key += part(properties[name]);
  return key;
}

/** Where the rows of one `Counted` are, looked up once for each length of bucket. */
interface Place {
  readonly atMs: number;
  readonly user: string | undefined;
  readonly properties: Record<string, string> | undefined;
  readonly key: string;
  minute: Cell | null;
  fine: Cell | null;
}

/** Collects the rows of one group, in the order they first appear. */
class RowCollector {
  readonly rows: GrowingRow[] = [];
  readonly #cells = new Map<string, Cell>();

  constructor(readonly rules: SumRules) {}

  add(counted: Counted, manner: Manner): void {
    const { quantities } = counted;
    const place = this.#placeOf(counted, manner);
    for (const meter of Object.keys(quantities)) {
      const quantity = quantities[meter] ?? 0;
      if (isPart(manner) && quantity === 0) continue;
      const cell = this.#cellOf(place, meter);
      growRow(this.#rowOf(cell, cell.rows, meter, false), counted, quantity, manner);
    }
    if (isPart(manner)) return;
    for (const { meter, ways } of this.rules.counts) {
      if (!reaches(ways, place.properties, quantities)) continue;
      const cell = this.#cellOf(place, meter);
      growRow(this.#rowOf(cell, cell.countRows, meter, true), counted, 1, manner);
    }
  }

  /** Of usage that names a lease only what was had for it counts. */
  addUsage(entry: UsageEntry): void {
    const { drawn } = entry;
    if (entry.free) return;
    if (!drawn) return this.add(entry, 'usage');
    this.add({ ...entry, quantities: drawn.used }, drawn.counts ? 'usage' : 'part');
  }

  /** A part that keeps the reservation's 1 counts like an event, others add quantities alone. */
  addSettle({ id, user, properties, outcome, parts }: SettleEntry): void {
    if (outcome !== 'committed') return;
    for (const { used, atMs, counts } of parts) {
      this.add({ id, user, properties, quantities: used, atMs }, counts ? 'usage' : 'part');
    }
  }

  /** What voids take back has rows of its own: it is refunded, not left out of what was used. */
  #placeOf(counted: Counted, manner: Manner): Place {
    const { names } = this.rules;
    const { atMs, user } = counted;
    const properties = namedValues(counted, names);
    const key = (takesBack(manner) ? 'void' : '') + cellKey(user, properties, names);
    return { atMs, user, properties, key, minute: null, fine: null };
  }

  #cellOf(place: Place, meter: string): Cell {
    if (this.rules.fine.has(meter)) return (place.fine ??= this.#cell(place, FINE_SECONDS));
    return (place.minute ??= this.#cell(place, MINUTE_SECONDS));
  }

  #cell({ atMs, user, properties, key }: Place, seconds: number): Cell {
    const bucket = Math.floor(atMs / (seconds * 1000)) * seconds;
    const name = `${bucket}${key}`;
    const known = this.#cells.get(name);
    if (known) return known;
    const cell = { bucket, user, properties, rows: new Map(), countRows: new Map() };
    this.#cells.set(name, cell);
    return cell;
  }

  #rowOf(
    cell: Cell,
    rows: Map<string, GrowingRow>,
    meter: string,
    derived: boolean,
  ): GrowingRow {
    const known = rows.get(meter);
    if (known) return known;
    const row = newRow(cell, meter, derived);
    rows.set(meter, row);
    this.rows.push(row);
    return row;
  }
}

/** True when any of the meters reaches the count under these properties: it counts once. */
function reaches(
  waysByMeter: Ways,
  properties: Record<string, string> | undefined,
  quantities: Quantities,
): boolean {
  for (const meter of Object.keys(quantities)) {
    const ways = waysByMeter.get(meter);
    if (ways?.some((way) => meets(properties, way))) return true;
  }
  return false;
}

/**
 * Rows of everything that counts among these entries, in the order they first appear: usage, what
 * settles and events of leases have used (dated by their holds), and voids, which take back at the
 * event's time. Cache hits, releases, write-offs, commands and fences give none. Each derived
 * `count` has rows of its own: 1 for an event or reservation that names any of its meters and
 * matches.
 */
export function sumRows(entries: readonly LogEntry[], published: PublishedCatalogue): SumRow[] {
  const collector = new RowCollector(sumRulesOf(published));
  for (const entry of entries) {
    if (entry.kind === 'usage') collector.addUsage(entry);
    if (entry.kind === 'settle') collector.addSettle(entry);
    if (entry.kind === 'void') collector.add(entry, entry.counts === false ? 'voidPart' : 'void');
  }
  return collector.rows;
}
