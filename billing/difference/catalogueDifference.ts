import type { Catalogue, Meter, Plan, PublishedCatalogue } from '../catalogue.js';
import { at } from '../faults/fault.js';
import { metersReached } from '../planMeters.js';
import type { Difference } from './difference.js';
import { meterDifferences } from './meterDifferences.js';
import { planDifferences } from './planDifferences.js';

/** A catalogue reduced to what customers see: the newest version of each plan. */
interface Offer {
  readonly currency: string;
  readonly meters: Readonly<Record<string, Meter>>;
  readonly plans: Readonly<Record<string, Plan>>;
}

/**
 * What changes for customers from one catalogue to another, in words that they understand, plan
 * by plan in the order of `after`; empty when they would notice nothing. Both must be checked
 * (`catalogueFaults`). Versions, change notes and what units cost the operator are not told.
 *
 * Against a published catalogue its newest plan versions are compared; plans that `after` leaves
 * out stay published, and so do their meters: nothing is told of them.
 * @throws RangeError for a currency that is not supported.
 */
export function catalogueDifference(
  before: Catalogue | PublishedCatalogue,
  after: Catalogue,
): Difference[] {
  const published = 'snapshots' in before;
  const was = published ? offerOf(before, after) : before;
  const kept = published ? metersKept(before) : new Set<string>();
  const told = Object.entries(was.meters).filter(
    ([id]) => Object.hasOwn(after.meters, id) || !kept.has(id),
  );
  return [
    ...currencyDifference(was, after),
    ...meterDifferences(Object.fromEntries(told), after.meters),
    ...Object.entries(after.plans).flatMap(([id, plan]) => onePlan(was, after, id, plan)),
    ...Object.entries(was.plans)
      .filter(([id]) => !Object.hasOwn(after.plans, id))
      .map(([id, { name }]) => other(at('plans', id), `${name} is no longer offered`)),
  ];
}

/** What is published of the plans that a catalogue has. */
function offerOf(published: PublishedCatalogue, after: Catalogue): Offer {
  const { currency, meters, snapshots, newest } = published;
  const plans: Record<string, Plan> = {};
  for (const [id, version] of Object.entries(newest)) {
    const snapshot = snapshots[`${id}@${version}`];
    if (snapshot && Object.hasOwn(after.plans, id)) plans[id] = snapshot.plan;
  }
  return { currency, meters, plans };
}

/** Meters that stay published because a published plan version needs them. */
function metersKept({ snapshots }: PublishedCatalogue): Set<string> {
  const reached = Object.values(snapshots).map(({ plan, meters }) => metersReached(plan, meters));
  return new Set(reached.flatMap((meters) => Object.keys(meters)));
}

function other(path: string, sentence: string): Difference {
  return { path, kind: 'other', sentence };
}

function currencyDifference(before: Offer, after: Offer): Difference[] {
  if (before.currency === after.currency) return [];
  const currencies = [before, after].map(({ currency }) => currency.toUpperCase());
  return [other('currency', `Amounts are in ${currencies.join(' → ')}`)];
}

function onePlan(was: Offer, is: Offer, id: string, plan: Plan): Difference[] {
  const path = at('plans', id);
  const old = Object.hasOwn(was.plans, id) ? was.plans[id] : undefined;
  if (!old) return [other(path, `${plan.name} is a new plan`)];
  return planDifferences({
    path,
    before: { plan: old, meters: was.meters, currency: was.currency },
    after: { plan, meters: is.meters, currency: is.currency },
  });
}
