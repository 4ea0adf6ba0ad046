import { canonicalJson } from '../canonical.js';
import type { Interval, Plan } from '../catalogue.js';
import { fromWhole } from '../decimal.js';
import { at } from '../faults/fault.js';
import { formatMinor } from '../money.js';
import {
  amountChange,
  type Difference,
  type DifferenceKind,
  type PlanChange,
  planDifference,
} from './difference.js';
import { featureDifferences } from './featureDifferences.js';
import { grantDifferences } from './grantDifferences.js';
import { limitDifferences } from './limitDifferences.js';
import { pricedDifferences } from './pricedDifferences.js';
import { termDifferences } from './termDifferences.js';
import { listWords } from './wording.js';

/** Every change of a plan that both catalogues have; what it costs comes first. */
export function planDifferences(change: PlanChange): Difference[] {
  return [
    ...nameDifference(change),
    ...baseDifference(change),
    ...pricedDifferences(change),
    ...grantDifferences(change),
    ...limitDifferences(change),
    ...featureDifferences(change),
    ...termDifferences(change),
    ...textDifferences(change),
  ];
}

function nameDifference({ path, before, after }: PlanChange): Difference[] {
  if (before.plan.name === after.plan.name) return [];
  const sentence = `${before.plan.name} is now called ${after.plan.name}`;
  return [{ path: at(path, 'name'), kind: 'other', sentence }];
}

const INTERVALS: Readonly<Record<Interval, string>> = {
  day: 'a day',
  week: 'a week',
  month: 'a month',
  year: 'a year',
};

function baseDifference(change: PlanChange): Difference[] {
  const { path, before, after } = change;
  const [was, is] = [baseOf(before.plan), baseOf(after.plan)];
  if (before.plan.interval === after.plan.interval) {
    const amounts = amountChange(change, was, is);
    if (!amounts) return [];
    const text = `${amounts.text} ${INTERVALS[after.plan.interval]}`;
    return [planDifference(change, at(path, 'baseAmountMinor'), amounts.kind, text)];
  }
  const [every, now] = [INTERVALS[before.plan.interval], INTERVALS[after.plan.interval]];
  const free = was === '0' && is === '0';
  const text = free
    ? `a billing period is ${every} → ${now}`
    : `${formatMinor(was, before.currency)} ${every} → ${formatMinor(is, after.currency)} ${now}`;
  return [planDifference(change, at(path, 'interval'), 'other', text)];
}

function baseOf({ baseAmountMinor = 0 }: Plan): string {
  return fromWhole(baseAmountMinor);
}

/** What price pages say of a plan. */
function textDifferences(change: PlanChange): Difference[] {
  const [was, is] = [change.before.plan, change.after.plan];
  const told = (field: string, text: string, kind: DifferenceKind = 'other') =>
    planDifference(change, at(change.path, field), kind, text);
  const texts: Difference[] = [];
  if (was.description !== is.description) {
    const text = `described as ${quoted(was.description)} → ${quoted(is.description)}`;
    texts.push(told('description', text));
  }
  if (canonicalJson(was.highlights ?? []) !== canonicalJson(is.highlights ?? [])) {
    const lists = [was, is].map(({ highlights = [] }) => listWords(highlights.map(quoted)));
    texts.push(told('highlights', `shown with ${lists.join(' → ')}`));
  }
  if (was.order !== is.order) {
    const places = [was, is].map(({ order }) => order ?? 'none');
    texts.push(told('order', `place among the plans: ${places.join(' → ')}`));
  }
  if ((was.public ?? false) !== (is.public ?? false)) {
    texts.push(told('public', is.public ? 'is now offered to everyone' : 'is no longer on offer'));
  }
  return texts;
}

function quoted(text: string | undefined): string {
  return text === undefined ? 'nothing' : `“${text}”`;
}
