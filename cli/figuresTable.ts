import Table from 'cli-table3';

/** Lines between rows are left out: figures are read down a column. */
const NO_LINES = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' };

/** A table for reading figures; columns from index `figuresFrom` on are aligned to the right. */
export function figuresTable(
  head: readonly string[],
  figuresFrom: number,
  rows: readonly (readonly string[])[],
): string {
  const table = new Table({
    head: [...head],
    colAligns: head.map((_, index) => (index < figuresFrom ? 'left' : 'right')),
    chars: NO_LINES,
    style: { head: [], border: [], compact: false },
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}
