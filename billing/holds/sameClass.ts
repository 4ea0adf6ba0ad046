import type { PlanSnapshot } from '../catalogue.js';
import { metersCounting } from '../meters.js';
import { countsReached } from './requestDebit.js';

type Properties = Readonly<Record<string, string>>;

/** What these meters count in under these properties, as text. */
function classOf(snapshot: PlanSnapshot, meters: readonly string[], properties: Properties) {
  const named = Object.fromEntries(meters.map((meter) => [meter, 0]));
  // A scope without a property has nothing after its name: no property is called so.
  const scopes = (snapshot.plan.limits ?? []).map(
    ({ scope }) => properties[scope.slice('property:'.length)] ?? null,
  );
  return JSON.stringify([
    meters.map((meter) => metersCounting(snapshot.meters, meter, properties)),
    countsReached(snapshot.meters, named, properties),
    scopes,
  ]);
}

/**
 * True when usage of these reported meters counts in the same meters, at the same rate of
 * credits and under the same keys with `after` as with `before`: a hold for one is good for the
 * other (the key of DESIGN §4; the user of a reservation never changes).
 */
export function isSameClass(
  snapshot: PlanSnapshot,
  meters: readonly string[],
  before: Properties,
  after: Properties,
): boolean {
  return classOf(snapshot, meters, before) === classOf(snapshot, meters, after);
}
