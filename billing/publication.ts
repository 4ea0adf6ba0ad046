import { isDerived, isDerivedCount, meterOf, reportedBranches } from './branches.js';
import { canonicalJson } from './canonical.js';
import type {
  Catalogue,
  CatalogueFault,
  Meter,
  Mode,
  Plan,
  PlanSnapshot,
  PublishedCatalogue,
} from './catalogue.js';
import { namedProperties } from './meters.js';
import { metersReached } from './planMeters.js';
import { versionOf } from './planVersion.js';

/** What publishing a catalogue comes to: the new state of a mode, or why it can't be. */
export type Publication =
  | { readonly published: PublishedCatalogue; readonly changed: boolean }
  | { readonly conflicts: readonly CatalogueFault[] };

/** A mode before its first publication. */
function nothingPublished(mode: Mode, currency: string): PublishedCatalogue {
  return {
    mode,
    revision: 0,
    currency,
    meters: {},
    costs: [],
    snapshots: {},
    newest: {},
    namedProperties: [],
  };
}

/**
 * Adds a checked catalogue to what is published in a mode. A published plan version never
 * changes: its snapshot keeps the meters as they were. A plan without `version` that changed
 * becomes the next version in test mode and is a conflict in live mode. Plans left out stay
 * published, and so do meters that a published plan needs. Publishing the same again changes
 * nothing.
 */
export function mergePublication(
  previous: PublishedCatalogue | null,
  catalogue: Catalogue,
  mode: Mode,
): Publication {
  const before = previous ?? nothingPublished(mode, catalogue.currency);
  const revision = before.revision + 1;
  const conflicts = meterConflicts(before, catalogue);
  const snapshots: Record<string, PlanSnapshot> = { ...before.snapshots };
  const newest: Record<string, number> = { ...before.newest };
  for (const [id, plan] of Object.entries(catalogue.plans)) {
    const snapshot = snapshotOf(id, plan, catalogue, revision);
    const answer = versionOf(before, snapshot, plan.version, mode);
    if ('conflict' in answer) {
      conflicts.push(answer.conflict);
      continue;
    }
    const { version } = answer;
    snapshots[`${id}@${version}`] ??= { ...snapshot, version, plan: { ...plan, version } };
    newest[id] = Math.max(version, newest[id] ?? 0);
  }
  if (conflicts.length > 0) return { conflicts };
  const published: PublishedCatalogue = {
    mode,
    revision,
    currency: catalogue.currency,
    meters: { ...metersInUse(before), ...catalogue.meters },
    costs: catalogue.costs ?? [],
    snapshots,
    newest,
    namedProperties: allNames(before, catalogue),
  };
  const same = canonicalJson({ ...published, revision: before.revision }) === canonicalJson(before);
  return same && previous ? { published: previous, changed: false } : { published, changed: true };
}

/** A plan as it would be published; `version` is settled later. */
function snapshotOf(
  id: string,
  plan: Plan,
  catalogue: Catalogue,
  revision: number,
): PlanSnapshot {
  const { currency, meters } = catalogue;
  return { id, version: 0, revision, currency, meters, plan };
}

function allNames(before: PublishedCatalogue, catalogue: Catalogue): string[] {
  return [...new Set([...before.namedProperties, ...namedProperties(catalogue)])].sort();
}

/** Meters that published plan versions need, as they stand now. */
function metersInUse(before: PublishedCatalogue): Record<string, Meter> {
  const used: Record<string, Meter> = {};
  for (const { plan, meters } of Object.values(before.snapshots)) {
    for (const id of Object.keys(metersReached(plan, meters))) {
      const meter = meterOf(before.meters, id);
      if (meter) used[id] = meter;
    }
  }
  return used;
}

/**
 * Rows of sums are made once for all customers, whatever their version. So a meter in use stays
 * reported or derived, and a derived count keeps counting the same events.
 */
function meterConflicts(before: PublishedCatalogue, catalogue: Catalogue): CatalogueFault[] {
  const conflicts: CatalogueFault[] = [];
  for (const [id, old] of Object.entries(metersInUse(before))) {
    const meter = meterOf(catalogue.meters, id);
    if (!meter) continue;
    const message = conflictOf(id, old, before.meters, meter, catalogue.meters);
    if (message) conflicts.push({ path: `meters.${id}`, value: meter, message });
  }
  return conflicts;
}

function conflictOf(
  id: string,
  old: Meter,
  oldMeters: Readonly<Record<string, Meter>>,
  meter: Meter,
  meters: Readonly<Record<string, Meter>>,
): string | null {
  const wayOut = 'give the new one another id';
  if (isDerived(old) !== isDerived(meter)) {
    const was = isDerived(old) ? 'derived' : 'reported';
    return `a published plan uses it as a ${was} meter: ${wayOut}`;
  }
  if (!isDerivedCount(old)) return null;
  const unchanged = isDerivedCount(meter) && countsAlike(oldMeters, meters, id);
  return unchanged ? null : `a published plan counts other events by it: ${wayOut}`;
}

function countsAlike(
  oldMeters: Readonly<Record<string, Meter>>,
  meters: Readonly<Record<string, Meter>>,
  id: string,
): boolean {
  const text = (all: Readonly<Record<string, Meter>>) =>
    reportedBranches(all, id).map(canonicalJson).sort().join();
  return text(oldMeters) === text(meters);
}
