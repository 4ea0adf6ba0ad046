import type { PlanSnapshot } from '../catalogue.js';
import type { Hold } from '../holds/hold.js';
import { heldUnits, valuesOf } from './demand.js';
import { factorsOf } from './leafRules.js';
import { rulebookOf } from './rulebook.js';

/**
 * What open holds keep of every reported and derived meter, in whole units (credits in
 * micro-credits); meters of which nothing is held are absent.
 */
export function heldByMeter(
  snapshot: PlanSnapshot,
  holds: readonly Hold[],
): Record<string, number> {
  const rulebook = rulebookOf(snapshot);
  const held = new Map<string, number>();
  for (const hold of holds) {
    const values = valuesOf(rulebook, hold);
    for (const [leaf, units] of heldUnits(rulebook, hold)) {
      if (units === 0) continue;
      for (const [meter, factor] of factorsOf(snapshot.meters, leaf, values)) {
        held.set(meter, (held.get(meter) ?? 0) + units * factor);
      }
    }
  }
  return Object.fromEntries(held);
}
