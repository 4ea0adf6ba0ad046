import type { z } from 'zod';
import type { CatalogueFault } from '../billing/catalogue.js';
import { at, fault } from '../billing/faults/fault.js';

/** Issues of the shape check as faults: path, value found there, what is wrong. */

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** The value at a path of plain data; undefined where there is none. */
export function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const key of path) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

/** A path as faults show it: `plans.pro.prices.tokens.tiers[1].upTo`. */
export function pathText(path: Path): string {
  return path.reduce<string>(
    (text, key) => at(text, typeof key === 'number' ? key : String(key)),
    '',
  );
}

/** One fault for each issue; an object with three unknown fields has three. */
export function faultsOfIssues(issues: readonly Issue[], data: unknown): CatalogueFault[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => {
        const path = [...issue.path, key];
        return fault(pathText(path), valueAt(data, path), 'is no known field');
      });
    }
    const value = valueAt(data, issue.path);
    const missing = value === undefined && issue.code === 'invalid_type';
    return [fault(pathText(issue.path), value, missing ? 'is missing' : wording(issue))];
  });
}

function wording(issue: Issue): string {
  if (issue.code === 'too_small') return `${measured(issue)} ${issue.minimum} or more`;
  if (issue.code === 'too_big') return `${measured(issue)} ${issue.maximum} or less`;
  return issue.message.replace(/^Invalid (input|option|discriminator value)[:.] ?/i, '');
}

/** Numbers are compared themselves, of texts and lists their length. */
function measured({ origin }: { readonly origin: string }): string {
  return origin === 'string' || origin === 'array' ? 'its length must be' : 'must be';
}

/** The one name that the shape check leaves out of records without a word. */
const DROPPED = '__proto__';

/** A catalogue is less deep than this; what lies deeper is an unknown field anyway. */
const DEPTH_MAX = 12;

/** A fault for each meter, plan or other entry that would be lost because of its name. */
export function droppedNames(data: unknown, path: Path = []): CatalogueFault[] {
  if (data === null || typeof data !== 'object' || path.length > DEPTH_MAX) return [];
  const keys = Array.isArray(data) ? data.keys() : Object.keys(data);
  return [...keys].flatMap((key) => {
    const here = [...path, key];
    const below = droppedNames(valueAt(data, [key]), here);
    if (key !== DROPPED) return below;
    return [fault(pathText(here), key, 'this name has a meaning in JavaScript objects'), ...below];
  });
}
