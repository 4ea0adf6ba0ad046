import { canonicalJson } from './canonical.js';
import type { CatalogueFault, Mode, PlanSnapshot, PublishedCatalogue } from './catalogue.js';
import { metersReached } from './planMeters.js';

/** The version a plan of a catalogue is published as, or why it can't be. */
export type VersionAnswer = { readonly version: number } | { readonly conflict: CatalogueFault };

/**
 * Settles the version of a plan: the one given, else the newest if nothing changed, else (test
 * mode alone) the next. `candidate` is the plan as it would be published.
 */
export function versionOf(
  before: PublishedCatalogue,
  candidate: PlanSnapshot,
  given: number | undefined,
  mode: Mode,
): VersionAnswer {
  const { id } = candidate;
  const newest = Object.hasOwn(before.newest, id) ? before.newest[id] : undefined;
  if (newest === undefined) return { version: given ?? 1 };
  const standing = before.snapshots[`${id}@${given ?? newest}`];
  if (!standing) {
    return given !== undefined && given > newest
      ? { version: given }
      : conflict(id, given, `is below the newest published version: use ${newest + 1} or more`);
  }
  const differences = differencesOf(standing, candidate);
  if (differences.length === 0) return { version: standing.version };
  if (given === undefined && mode === 'test') return { version: newest + 1 };
  const what = `${id}@${standing.version} is published and never changes`;
  const wayOut = `publish this as "version": ${newest + 1}`;
  const testWayOut = mode === 'test' ? ', or leave "version" out' : '';
  return conflict(id, given, `${what} (here ${differences.join(', ')}): ${wayOut}${testWayOut}`);
}

function conflict(id: string, given: number | undefined, message: string): VersionAnswer {
  return { conflict: { path: `plans.${id}.version`, value: given ?? null, message } };
}

/** What of a plan differs from a published one, in words; nothing: they bill alike. */
function differencesOf(standing: PlanSnapshot, candidate: PlanSnapshot): string[] {
  const fields = [...Object.keys(standing.plan), ...Object.keys(candidate.plan)];
  const names = [...new Set(fields)].filter((name) => name !== 'version');
  const differing = names.filter((name) => field(standing, name) !== field(candidate, name));
  const differences = differing.map((name) => `${name} differs`);
  if (standing.currency !== candidate.currency) differences.push('currency differs');
  return [...differences, ...meterDifferences(standing, candidate)];
}

function field(snapshot: PlanSnapshot, name: string): string {
  return canonicalJson(Object.entries(snapshot.plan).find(([key]) => key === name)?.[1]);
}

/** Only what a meter counts matters; its name and unit may be reworded. */
function meterDifferences(standing: PlanSnapshot, candidate: PlanSnapshot): string[] {
  const old = countingOf(standing);
  const now = countingOf(candidate);
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((id) => old.get(id) !== now.get(id))
    .map((id) => `meter ${id} differs`);
}

function countingOf({ plan, meters }: PlanSnapshot): Map<string, string> {
  return new Map(
    Object.entries(metersReached(plan, meters)).map(([id, meter]) => {
      const { aggregation, of, where, rates } = meter;
      return [id, canonicalJson({ aggregation, of, where, rates })];
    }),
  );
}
