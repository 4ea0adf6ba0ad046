import { meterOf, sharedMeter } from '../branches.js';
import type { CatalogueFault, Meter, Plan } from '../catalogue.js';
import { paysInCredits } from '../planMeters.js';
import { CREDITS_METER } from '../quantity.js';
import { at, fault } from './fault.js';

type Meters = Readonly<Record<string, Meter>>;

/** A quantity is rated by one price at most: priced meters may not share a reported meter. */
export function priceOverlaps(path: string, plan: Plan, meters: Meters): CatalogueFault[] {
  const inCredits = paysInCredits(plan);
  const priced = Object.keys(plan.prices ?? {}).filter(
    (id) => id !== CREDITS_METER && meterOf(meters, id),
  );
  return priced.flatMap((id, index) => {
    const here = at(path, id);
    const shared = inCredits ? sharedMeter(meters, id, CREDITS_METER) : null;
    if (shared !== null) {
      const message = `this plan pays ${shared} in credits: it can't have a price as well`;
      return [fault(here, id, message)];
    }
    return overlaps(here, id, priced.slice(0, index), meters, 'one price at most rates a quantity');
  });
}

/** The meters of a limit add up, so none may count what another counts. */
export function limitOverlaps(
  path: string,
  limited: readonly string[],
  meters: Meters,
): CatalogueFault[] {
  return limited.flatMap((id, index) =>
    overlaps(at(path, index), id, limited.slice(0, index), meters, 'a limit adds its meters up'),
  );
}

function overlaps(
  path: string,
  id: string,
  earlier: readonly string[],
  meters: Meters,
  why: string,
): CatalogueFault[] {
  for (const other of earlier) {
    const shared = sharedMeter(meters, other, id);
    if (shared === null) continue;
    const message = `overlaps ${other}: both count ${shared}, and ${why}`;
    return [fault(path, id, message)];
  }
  return [];
}
