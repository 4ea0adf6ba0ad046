/** Prints what each case billed, a column for each way. */
export function printMatrix(
  rows: ReadonlyMap<string, ReadonlyMap<string, string>>,
  ways: readonly string[],
): void {
  const table = [
    ['billed (times x units)', ...ways],
    ...[...rows].map(([name, cells]) => [name, ...ways.map((way) => cells.get(way) ?? '-')]),
  ];
  const widths = [0, ...ways].map((_, at) => Math.max(...table.map((row) => row[at]?.length ?? 0)));
  const lines = table.map((row) => {
    return row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ').trimEnd();
  });
  process.stderr.write(`\n${lines.join('\n')}\n\n`);
}
