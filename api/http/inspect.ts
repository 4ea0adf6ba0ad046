import type { z } from 'zod';
import type { Fault } from '../errors/problem.js';

/** Turns what zod says into faults with the offending value and its place. */

/** Where a checked value stands: decides between `pointer` and `parameter`. */
export type Place = 'body' | 'query' | 'path';

/** A value as an error may show it: short, on one line, never a whole tree. */
export function shown(value: unknown): string {
  if (typeof value === 'string') {
    return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  }
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return Object.is(value, -0) ? '-0' : String(value);
}

/** RFC 6901 pointer of a path. */
export function pointerOf(path: readonly PropertyKey[]): string {
  return path
    .map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.hasOwn(value, part) ? Reflect.get(value, part) : undefined;
  }
  return value;
}

function fault(place: Place, path: readonly PropertyKey[], detail: string): Fault {
  if (place === 'body') return { detail, pointer: pointerOf(path) };
  return { detail, parameter: path.map(String).join('.') };
}

function faultsOf(place: Place, input: unknown, issue: z.core.$ZodIssue): Fault[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .slice(0, 20)
      .map((key) => fault(place, [...issue.path, key], `There is no field ${shown(key)} here.`));
  }
  const value = valueAt(input, issue.path);
  const name = issue.path.map(String).join('.') || 'The value';
  const missing = value === undefined;
  const text = missing
    ? `${name} is missing.`
    : `${name}: ${issue.message}; ${shown(value)} was given.`;
  return [fault(place, issue.path, text)];
}

/** The parsed value, or every fault at once (at most 100). */
export function inspect<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  place: Place,
): { readonly value: z.output<Schema> } | { readonly faults: readonly Fault[] } {
  const parsed = schema.safeParse(input);
  if (parsed.success) return { value: parsed.data };
  const faults = parsed.error.issues.flatMap((issue) => faultsOf(place, input, issue));
  return { faults: faults.slice(0, 100) };
}
