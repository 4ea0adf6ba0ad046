import type { CatalogueFault, Where } from '../catalogue.js';
import { at, fault, nameFaults } from './fault.js';

/** Faults of a `where`: names of properties, and lists that nothing can match. */
export function whereFaults(path: string, where: Where | undefined): CatalogueFault[] {
  if (where === undefined) return [];
  const entries = Object.entries(where);
  if (entries.length === 0) return [fault(path, where, 'names no property: leave it out')];
  return entries.flatMap(([name, value]) => {
    const here = at(path, name);
    const empty = Array.isArray(value) && value.length === 0;
    return [
      ...nameFaults(here, name),
      ...(empty ? [fault(here, value, 'an empty list matches nothing')] : []),
    ];
  });
}
