import { canonicalJson } from '../canonical.js';
import type { Plan, PropertyValue } from '../catalogue.js';
import { at } from '../faults/fault.js';
import { groupDigits } from '../money.js';
import {
  type Difference,
  type DifferenceKind,
  moreIsBetter,
  type PlanChange,
  planDifference,
} from './difference.js';
import { listWords } from './wording.js';

type Feature = PropertyValue | readonly PropertyValue[] | undefined;

/** Features that a plan gives, withdraws or changes. */
export function featureDifferences(change: PlanChange): Difference[] {
  const { before, after } = change;
  const names = [after, before].flatMap(({ plan }) => Object.keys(plan.features ?? {}));
  return [...new Set(names)].flatMap((name) => {
    const was = featureOf(before.plan, name);
    const is = featureOf(after.plan, name);
    if (canonicalJson(was) === canonicalJson(is)) return [];
    const path = at(at(change.path, 'features'), name);
    const text = `${name}: ${words(was)} → ${words(is)}`;
    return [planDifference(change, path, kindOf(was, is), text)];
  });
}

function featureOf({ features = {} }: Plan, name: string): Feature {
  return Object.hasOwn(features, name) ? features[name] : undefined;
}

function words(feature: Feature): string {
  if (feature === undefined) return 'none';
  if (typeof feature === 'boolean') return feature ? 'yes' : 'no';
  if (typeof feature === 'number') return numberWords(feature);
  return typeof feature === 'string' ? feature : listWords(feature.map(String));
}

function numberWords(value: number): string {
  return Number.isSafeInteger(value) && value >= 0 ? groupDigits(value) : String(value);
}

/** More of it is better: a number, a list that keeps all it had, yes instead of no. */
function kindOf(was: Feature, is: Feature): DifferenceKind {
  if (typeof was === 'number' && typeof is === 'number') return moreIsBetter(was, is);
  if (isList(was) && isList(is)) return kindOfLists(was, is);
  const given = [was, is].map((feature) => feature !== undefined && feature !== false);
  return moreIsBetter(Number(given[0]), Number(given[1]));
}

function isList(feature: Feature): feature is readonly PropertyValue[] {
  return Array.isArray(feature);
}

function kindOfLists(was: readonly PropertyValue[], is: readonly PropertyValue[]): DifferenceKind {
  const keeps = was.every((value) => is.includes(value));
  const adds = is.some((value) => !was.includes(value));
  if (keeps) return adds ? 'better' : 'other';
  return adds ? 'other' : 'worse';
}
