import type { z } from 'zod';
import type { Catalogue } from '../billing/catalogue.js';
import { pathText, valueAt } from './issues.js';
import { catalogueSchema } from './schema.js';

/**
 * Makes data of the wrong shape judgeable: what the shape check found wrong is replaced by
 * something of the right type, so that the rules can tell of every other fault at once.
 */

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];
type Container = Record<PropertyKey, unknown>;

/** Each round replaces what the one before uncovered; a catalogue is less deep than this. */
const ROUNDS_MAX = 8;

/** A catalogue of the right shape, and the paths that were replaced in it. */
export interface Neutralised {
  readonly catalogue: Catalogue;
  readonly replaced: readonly string[];
}

/** Null when too little is left to judge: no object, no meters, or faults without end. */
export function neutralise(data: unknown): Neutralised | null {
  const copy: unknown = structuredClone(data);
  const replaced = new Set<string>();
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const parsed = catalogueSchema.safeParse(copy);
    if (parsed.success) {
      const { $schema: _, ...catalogue } = parsed.data;
      return { catalogue, replaced: [...replaced] };
    }
    for (const issue of parsed.error.issues) {
      const place = placeOf(issue);
      if (place.length === 0 || pathText(place) === 'meters') return null;
      replaced.add(pathText(place));
      repair(copy, issue, place);
    }
  }
  return null;
}

function isWholePrice(place: Path): boolean {
  return place[0] === 'plans' && place[2] === 'prices' && place.length === 4;
}

/** What is replaced: the value itself, but the whole price where one part decides the rest. */
function placeOf(issue: Issue): Path {
  if (issue.code === 'unrecognized_keys') return [...issue.path, ...issue.keys.slice(0, 1)];
  const isPrice = issue.path[0] === 'plans' && issue.path[2] === 'prices';
  const decides = issue.code === 'invalid_union';
  return isPrice && decides ? issue.path.slice(0, 4) : issue.path;
}

function repair(data: unknown, issue: Issue, place: Path): void {
  const container = valueAt(data, place.slice(0, -1)) as Container | undefined;
  const key = place.at(-1);
  if (container === undefined || key === undefined) return;
  if (issue.code === 'unrecognized_keys') {
    for (const unknown of issue.keys) delete container[unknown];
  } else if (isWholePrice(place)) {
    container[key] = { type: 'perUnit', unitAmountMinor: '0' };
  } else {
    container[key] = substitute(issue);
  }
}

/** A value that the shape takes and, as far as it can be said, no rule objects to. */
function substitute(issue: Issue): unknown {
  switch (issue.code) {
    case 'invalid_type':
      return structuredClone(BY_TYPE[issue.expected] ?? '0');
    case 'invalid_value':
      return issue.values[0];
    case 'too_small':
      return typeof issue.minimum === 'number' && issue.origin !== 'string' ? issue.minimum : '0';
    case 'too_big':
      return typeof issue.maximum === 'number' && issue.origin !== 'string' ? issue.maximum : '0';
    case 'invalid_format':
      return '2000-01-01';
    default:
      return issue.path.at(-1) === 'scope' ? 'customer' : '0';
  }
}

const BY_TYPE: Readonly<Record<string, unknown>> = {
  int: 1,
  number: 1,
  boolean: false,
  array: [],
  object: {},
  record: {},
};
