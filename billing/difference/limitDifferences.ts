import { canonicalJson } from '../canonical.js';
import type { Limit } from '../catalogue.js';
import { at } from '../faults/fault.js';
import {
  type Difference,
  type DifferenceKind,
  moreIsBetter,
  type PlanChange,
  planDifference,
  type PlanSide,
} from './difference.js';
import { standingOf } from './standing.js';
import { ceilingWords, limitedWords } from './wording.js';

/** Limits that came, went or changed. A limit is the same while it has its id or its content. */
export function limitDifferences(change: PlanChange): Difference[] {
  const before = change.before.plan.limits ?? [];
  const after = change.after.plan.limits ?? [];
  const path = at(change.path, 'limits');
  const kept = new Map(after.map((limit) => [limit, predecessor(limit, before, after)]));
  const gone = before.filter((limit) => ![...kept.values()].includes(limit));
  const told = after.flatMap((limit, index) => {
    const was = kept.get(limit);
    const here = at(path, index);
    return was ? changedLimit(change, here, was, limit) : [newLimit(change, here, limit)];
  });
  return [...told, ...gone.map((limit) => goneLimit(change, path, limit))];
}

function predecessor(
  limit: Limit,
  before: readonly Limit[],
  after: readonly Limit[],
): Limit | undefined {
  const named = before.find(({ id }) => id === limit.id);
  if (named) return named;
  const renamed = before.filter(({ id }) => after.every((other) => other.id !== id));
  return renamed.find((other) => contentOf(other) === contentOf(limit));
}

function contentOf(limit: Limit): string {
  const { meters, sliding = false, enforcement = 'hard', ...rest } = limit;
  return canonicalJson({ ...rest, id: '', meters: [...meters].sort(), sliding, enforcement });
}

/** A limit in words: "200,000 tokens a day for each user". */
function limitWords(limit: Limit, { meters, currency }: PlanSide): string {
  return `${ceilingWords(limit, currency)} ${limitedWords(limit, meters)}`;
}

function changedLimit(change: PlanChange, path: string, was: Limit, is: Limit): Difference[] {
  const { before, after } = change;
  const renamed: Difference[] = [];
  if (was.id !== is.id) {
    const text = `the limit ${was.id} is now called ${is.id}`;
    renamed.push(planDifference(change, at(path, 'id'), 'other', text));
  }
  if (contentOf(was) === contentOf(is)) return renamed;
  const ceiling = [was, is].map((limit) => limit.maxAmountMinor ?? limit.max ?? 0);
  const [low = 0, high = 0] = ceiling;
  const words = limitedWords(is, after.meters);
  const alike = limitedWords(was, after.meters) === words;
  if (alike && (!isMoney(is) || before.currency === after.currency)) {
    const text = `${ceilingWords(was, before.currency)} → ${ceilingWords(is, after.currency)}`;
    const field = isMoney(is) ? 'maxAmountMinor' : 'max';
    const kind = moreIsBetter(low, high);
    return [planDifference(change, at(path, field), kind, `at most ${text} ${words}`)];
  }
  const text = `at most ${limitWords(was, before)} → ${limitWords(is, after)}`;
  return [planDifference(change, path, 'other', text)];
}

function isMoney(limit: Limit): boolean {
  return limit.maxAmountMinor !== undefined;
}

/** A ceiling takes something away, unless it is what brings its meters into the plan. */
function newLimit(change: PlanChange, path: string, limit: Limit): Difference {
  const kind = kindOfCeiling(limit, change.before, 'better', 'worse');
  const text = `now at most ${limitWords(limit, change.after)}`;
  return planDifference(change, path, kind, text);
}

function goneLimit(change: PlanChange, path: string, limit: Limit): Difference {
  const kind = kindOfCeiling(limit, change.after, 'worse', 'better');
  const text = `no longer at most ${limitWords(limit, change.before)}`;
  return planDifference(change, path, kind, text);
}

function kindOfCeiling(
  limit: Limit,
  other: PlanSide,
  brings: DifferenceKind,
  takes: DifferenceKind,
): DifferenceKind {
  if (limit.enforcement === 'soft') return 'other';
  return limit.meters.every((id) => standingOf(other, id) === 'absent') ? brings : takes;
}
