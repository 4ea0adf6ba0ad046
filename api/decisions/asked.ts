import { hash } from 'node:crypto';
import { meterOf } from '../../billing/branches.js';
import { canonicalJson } from '../../billing/canonical.js';
import type { PropertyValue, PublishedCatalogue } from '../../billing/catalogue.js';
import type { Quantities } from '../../billing/log.js';
import { invalidRequest, Problem, type Fault } from '../errors/problem.js';
import { unknownMeter } from '../events/judge.js';

/** What a request asks for, held against the published catalogue. */

/** Values, as strings, of the properties that the catalogue names. */
export function namedProperties(
  { namedProperties: names }: PublishedCatalogue,
  properties: Readonly<Record<string, PropertyValue>>,
): Readonly<Record<string, string>> {
  const named = names.filter((name) => Object.hasOwn(properties, name));
  return Object.fromEntries(named.map((name) => [name, String(properties[name])]));
}

/** Hash of a request's content as it was given: key order and our defaults do not matter. */
export function requestHash(content: Readonly<Record<string, unknown>>): string {
  return hash('sha256', canonicalJson(content), 'base64url');
}

/**
 * Only reported `sum` and `count` meters can be reserved (CONTRACT §2).
 * @throws Problem `unknown_meter` or `invalid_request`, the latter with every fault.
 */
export function requireReservable(quantities: Quantities, catalogue: PublishedCatalogue): void {
  const unknown = unknownMeter({ quantities }, catalogue);
  if (unknown !== null) {
    const derived = meterOf(catalogue.meters, unknown) !== undefined;
    const why = derived ? 'is derived and never reported' : 'is not in the published catalogue';
    throw new Problem('unknown_meter', `The meter "${unknown}" ${why}.`);
  }
  const faults = Object.keys(quantities).flatMap((meter): Fault[] => {
    const { aggregation } = meterOf(catalogue.meters, meter) ?? {};
    if (aggregation === 'sum' || aggregation === 'count') return [];
    const detail = `quantities.${meter}: a "${aggregation}" meter can't be reserved.`;
    return [{ detail, pointer: `/quantities/${meter}` }];
  });
  if (faults.length > 0) throw invalidRequest(faults);
}
