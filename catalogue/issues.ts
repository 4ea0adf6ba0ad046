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
  return issue.message.replace(/^Invalid (input|option|discriminator value)[:.] ?/i, '');
}
