import type { PropertyValue } from './catalogue.js';
import type { Quantities, SumRow } from './log.js';
import { newerValue } from './totals.js';

/** A row of sums while it grows: changed in place, because it is grown for every event. */

/** Quantities of one event, of a part of a settle, or of what a void takes back. */
export interface Counted {
  readonly id: string;
  readonly user?: string;
  readonly properties?: Readonly<Record<string, PropertyValue>>;
  readonly quantities: Quantities;
  readonly atMs: number;
}

/**
 * What `Counted` grows: `usage` all of a row, `part` all but the count (the reservation's 1 is
 * another part's), `void` takes quantity and count back and changes neither maximum nor last,
 * `voidPart` the quantity alone.
 */
export type Manner = 'usage' | 'part' | 'void' | 'voidPart';

const COUNT: Readonly<Record<Manner, number>> = { usage: 1, part: 0, void: -1, voidPart: 0 };

/** True for what takes back. */
export function takesBack(manner: Manner): boolean {
  return manner === 'void' || manner === 'voidPart';
}

/** True for what is no event or reservation of its own: `count` meters do not see it. */
export function isPart(manner: Manner): boolean {
  return manner === 'part' || manner === 'voidPart';
}

/** A row while it grows. */
export type GrowingRow = { -readonly [Field in keyof SumRow]: SumRow[Field] };

/** An empty row. */
export function newRow(
  cell: Pick<SumRow, 'bucket' | 'user' | 'properties'>,
  meter: string,
  derived: boolean,
): GrowingRow {
  const { bucket } = cell;
  const row: GrowingRow = { bucket, meter, quantity: 0, count: 0, max: 0, last: null };
  if (derived) row.derived = true;
  if (cell.user !== undefined) row.user = cell.user;
  if (cell.properties) row.properties = cell.properties;
  return row;
}

/** Adds one quantity to a row, in place. */
export function growRow(
  row: GrowingRow,
  { id, atMs }: Counted,
  quantity: number,
  manner: Manner,
): void {
  row.count += COUNT[manner];
  if (takesBack(manner)) {
    row.quantity -= quantity;
    return;
  }
  row.quantity += quantity;
  row.max = Math.max(row.max, quantity);
  row.last = newerValue(row.last, { atMs, id, quantity });
}
