import type {
  Catalogue,
  CatalogueFault,
  Meter,
  Mode,
  Plan,
  PublishedCatalogue,
} from '../catalogue.js';
import { metersReached } from '../planMeters.js';
import { mergePublication } from '../publication.js';
import { catalogueDifference } from './catalogueDifference.js';

/** Why something can't be published, with what of the plan would change. */
export interface RefusedPublication extends CatalogueFault {
  /** Each difference from the published version that a customer would notice, in words. */
  readonly differences: readonly string[];
}

/** A catalogue beside what is published: what can be published of it, and what can't. */
export interface PlannedPublication {
  /** Without the plans that are refused; null: nothing was and nothing can be. */
  readonly published: PublishedCatalogue | null;
  readonly refused: readonly RefusedPublication[];
}

/** Publishes as far as it goes, so that the faults of everything else can be found as well. */
export function plannedPublication(
  previous: PublishedCatalogue | null,
  catalogue: Catalogue,
  mode: Mode,
): PlannedPublication {
  const whole = mergePublication(previous, catalogue, mode);
  if ('published' in whole) return { published: whole.published, refused: [] };
  const plans = new Map(Object.entries(catalogue.plans));
  const refused = whole.conflicts.map((conflict): RefusedPublication => {
    const id = [...plans.keys()].find((plan) => conflict.path === `plans.${plan}.version`);
    if (id === undefined || !previous) return { ...conflict, differences: [] };
    plans.delete(id);
    return { ...conflict, differences: changesOf(previous, catalogue, id) };
  });
  const rest = mergePublication(
    previous,
    { ...catalogue, plans: Object.fromEntries(plans) },
    mode,
  );
  return { published: 'published' in rest ? rest.published : previous, refused };
}

/** A plan of the catalogue beside the published version that it says it is. */
function changesOf(previous: PublishedCatalogue, catalogue: Catalogue, id: string): string[] {
  const plan = catalogue.plans[id];
  const standing = previous.snapshots[`${id}@${plan?.version ?? previous.newest[id]}`];
  if (!plan || !standing) return [];
  const before = alone(id, standing.plan, standing.meters, standing.currency);
  const after = alone(id, plan, catalogue.meters, catalogue.currency);
  return catalogueDifference(before, after).map(({ sentence }) => sentence);
}

/** A plan with the meters that it needs and no other. */
function alone(
  id: string,
  plan: Plan,
  meters: Readonly<Record<string, Meter>>,
  currency: string,
): Catalogue {
  return { currency, meters: metersReached(plan, meters), plans: { [id]: plan } };
}
