import { canonicalJson } from '../canonical.js';
import type { Catalogue, Plan, PublishedCatalogue } from '../catalogue.js';
import { catalogueDifference } from './catalogueDifference.js';
import type { Difference } from './difference.js';

/**
 * What publishing changes, in words: versions first, then what customers notice, then what only
 * the operator does. Empty exactly when `published` is what stood before.
 */
export function publicationDifference(
  previous: PublishedCatalogue | null,
  published: PublishedCatalogue,
): Difference[] {
  if (canonicalJson(unrevised(previous)) === canonicalJson(unrevised(published))) return [];
  const before = previous ?? { currency: published.currency, meters: {}, plans: {} };
  const versions = versionDifferences(previous, published);
  const plans = new Set(Object.keys(published.newest).map((id) => `plans.${id}`));
  const noticed = catalogueDifference(before, offerOf(published));
  const told = [
    ...versions,
    // That a plan is new is told by its version.
    ...noticed.filter(({ path }) => !plans.has(path)),
    ...costDifference(previous, published),
  ];
  return told.length > 0 ? told : [other('', 'Something changes that no customer notices')];
}

/** A revision counts changes and is none itself. */
function unrevised(published: PublishedCatalogue | null): unknown {
  return published && { ...published, revision: 0 };
}

function other(path: string, sentence: string): Difference {
  return { path, kind: 'other', sentence };
}

function versionDifferences(
  previous: PublishedCatalogue | null,
  { snapshots }: PublishedCatalogue,
): Difference[] {
  const added = Object.entries(snapshots).filter(([key]) => !previous?.snapshots[key]);
  return added.map(([, { id, version, plan }]) => {
    const newest = previous?.newest[id];
    const path = `plans.${id}.version`;
    return newest === undefined
      ? other(path, `${plan.name} is a new plan, version ${version}`)
      : other(path, `${plan.name}: new version ${version}; who is on ${newest} stays on it`);
  });
}

function costDifference(
  previous: PublishedCatalogue | null,
  { costs }: PublishedCatalogue,
): Difference[] {
  if (canonicalJson(previous?.costs ?? []) === canonicalJson(costs)) return [];
  return [other('costs', 'What units cost you changes; no customer sees it')];
}

/** The newest version of each plan. */
function offerOf({ currency, meters, newest, snapshots }: PublishedCatalogue): Catalogue {
  const plans: Record<string, Plan> = {};
  for (const [id, version] of Object.entries(newest)) {
    const snapshot = snapshots[`${id}@${version}`];
    if (snapshot) plans[id] = snapshot.plan;
  }
  return { currency, meters, plans };
}
