import { isDerived } from '../branches.js';
import { canonicalJson } from '../canonical.js';
import type { Meter, PlanSnapshot, PublishedCatalogue } from '../catalogue.js';
import { metersReached } from '../planMeters.js';

/** Sums are made when usage is written: older ones may lack what a newer version counts by. */

/**
 * The revision since which sums hold all that these plan versions count: since each of their
 * derived meters is in use by a published plan as it is now. 0: reported meters alone.
 */
export function summedSince(
  { snapshots }: PublishedCatalogue,
  plans: readonly PlanSnapshot[],
): number {
  const published = Object.values(snapshots);
  const since = plans.flatMap((snapshot) =>
    derivedMeters(snapshot).map(([id, meter]) => {
      const users = published.filter((each) => uses(each, id, meter));
      return Math.min(snapshot.revision, ...users.map(({ revision }) => revision));
    }),
  );
  return Math.max(0, ...since);
}

function derivedMeters({ plan, meters }: PlanSnapshot): [string, Meter][] {
  return Object.entries(metersReached(plan, meters)).filter(([, meter]) => isDerived(meter));
}

function uses(snapshot: PlanSnapshot, id: string, meter: Meter): boolean {
  const own = derivedMeters(snapshot).find(([each]) => each === id);
  return own !== undefined && counting(own[1]) === counting(meter);
}

/** A meter's name and unit may be reworded. */
function counting({ aggregation, of, where, rates }: Meter): string {
  return canonicalJson({ aggregation, of, where, rates });
}
