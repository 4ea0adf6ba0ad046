/** Query strings as plain objects: `property.NAME=value` becomes `properties: {NAME: value}`. */

const PREFIX = 'property.';

/** A repeated parameter stays a list, which no schema takes. */
export function queryOf(query: unknown): Record<string, unknown> {
  if (typeof query !== 'object' || query === null) return {};
  const plain: [string, unknown][] = [];
  const properties: [string, unknown][] = [];
  for (const [name, value] of Object.entries(query)) {
    if (name.startsWith(PREFIX)) properties.push([name.slice(PREFIX.length), value]);
    else plain.push([name, value]);
  }
  const found = properties.length > 0 ? [['property', Object.fromEntries(properties)]] : [];
  return Object.fromEntries([...plain, ...found]);
}
