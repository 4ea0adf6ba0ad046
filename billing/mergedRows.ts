import type { SumRow } from './log.js';
import { addTotals } from './totals.js';

/** Everything a row is about; rows of equal keys add up, voids (without `last`) apart. */
function rowKey(row: SumRow): string {
  const { bucket, meter, derived, user, properties = {} } = row;
  const names = Object.keys(properties).sort();
  const values = names.map((name) => [name, properties[name]]);
  return JSON.stringify([bucket, meter, derived, user, values, row.last === null]);
}

/** Both lists as one: rows of equal keys added up, those of `a` first, inputs left as they are. */
export function mergeRows(a: readonly SumRow[], b: readonly SumRow[]): SumRow[] {
  const merged = new Map<string, SumRow>();
  for (const row of [...a, ...b]) {
    const key = rowKey(row);
    const before = merged.get(key);
    merged.set(key, before ? { ...before, ...addTotals(before, row) } : row);
  }
  return [...merged.values()];
}
