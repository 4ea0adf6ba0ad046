/**
 * JSON text of plain data with the keys of every object in order, so that equal content gives
 * equal text whatever order it was written in. Absent and undefined fields are the same.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => sorted(part)) ?? 'null';
}

function sorted(part: unknown): unknown {
  if (part === null || typeof part !== 'object' || Array.isArray(part)) return part;
  const entries = Object.entries(part);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
