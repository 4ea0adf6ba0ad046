import { meets, meterOf, reportedBranches } from '../branches.js';
import type { Meter } from '../catalogue.js';
import type { Quantities } from '../log.js';
import { derivedCountMeters } from '../meters.js';

type Meters = Readonly<Record<string, Meter>>;
type Properties = Readonly<Record<string, string>>;

/** Derived counts that a request naming these meters is a 1 in, in the order of the catalogue. */
export function countsReached(
  meters: Meters,
  quantities: Quantities,
  properties: Properties,
): string[] {
  return derivedCountMeters(meters).filter((count) =>
    reportedBranches(meters, count).some(
      ({ leaf, conditions }) => Object.hasOwn(quantities, leaf) && meets(properties, conditions),
    ),
  );
}

/**
 * What one request takes of a lease: its quantities, and 1 of each `count` meter that it names
 * or reaches, whatever the quantity there.
 */
export function requestDebit(
  meters: Meters,
  quantities: Quantities,
  properties: Properties,
): Quantities {
  const debit = Object.entries(quantities).map(([meter, quantity]) => {
    const isCount = meterOf(meters, meter)?.aggregation === 'count';
    return [meter, isCount ? 1 : quantity] as const;
  });
  const counts = countsReached(meters, quantities, properties).map((id) => [id, 1] as const);
  return Object.fromEntries([...debit, ...counts]);
}
