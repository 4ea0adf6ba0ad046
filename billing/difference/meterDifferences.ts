import { conditionsOf, meterOf } from '../branches.js';
import { canonicalJson } from '../canonical.js';
import type { Aggregation, CreditRate, Meter } from '../catalogue.js';
import { compare } from '../decimal.js';
import { at } from '../faults/fault.js';
import type { Difference, DifferenceKind } from './difference.js';
import { listWords, metersWords, meterWords, whereWords } from './wording.js';

type Meters = Readonly<Record<string, Meter>>;

/** What is counted now that was not, no longer, or in another way. */
export function meterDifferences(before: Meters, after: Meters): Difference[] {
  const told = Object.keys(after).flatMap((id) => {
    const was = meterOf(before, id);
    const is = meterOf(after, id);
    if (!is) return [];
    if (!was) return [other(id, '', `${is.name} are now counted`)];
    return changed(id, was, is, before, after);
  });
  const gone = Object.entries(before).filter(([id]) => !meterOf(after, id));
  return [...told, ...gone.map(([id, { name }]) => other(id, '', `${name} are no longer counted`))];
}

function other(id: string, field: string, sentence: string): Difference {
  const path = at('meters', id);
  return { path: field === '' ? path : at(path, field), kind: 'other', sentence };
}

function changed(id: string, was: Meter, is: Meter, before: Meters, after: Meters): Difference[] {
  const told: Difference[] = [];
  if (was.name !== is.name) told.push(other(id, 'name', `${was.name} are now called ${is.name}`));
  if (was.unit !== is.unit) {
    told.push(other(id, 'unit', `${is.name}: counted by the ${was.unit} → ${is.unit}`));
  }
  if (was.aggregation !== is.aggregation) {
    const words = [was, is].map(({ aggregation }) => AGGREGATIONS[aggregation]);
    told.push(other(id, 'aggregation', `${is.name}: what counts is ${words.join(' → ')}`));
  }
  const [counted, countedNow] = [countedWords(was, before), countedWords(is, after)];
  if (membersOf(was) + conditionsIn(was) !== membersOf(is) + conditionsIn(is)) {
    const field = membersOf(was) === membersOf(is) ? 'where' : 'of';
    told.push(other(id, field, `${is.name}: made of ${counted} → ${countedNow}`));
  }
  return [...told, ...rateDifferences(id, was, is, after)];
}

const AGGREGATIONS: Readonly<Record<Aggregation, string>> = {
  sum: 'the total',
  count: 'how often',
  max: 'the highest',
  last: 'the last one',
};

/** Whatever order they stand in, and one value as a list of it. */
function membersOf({ of = [] }: Meter): string {
  return canonicalJson([...of].sort());
}

function conditionsIn({ where }: Meter): string {
  const conditions = conditionsOf(where).map(({ name, values }) => [name, [...values].sort()]);
  return conditions.map(canonicalJson).sort().join();
}

function countedWords({ of, where }: Meter, meters: Meters): string {
  return of === undefined ? 'what is reported' : metersWords(meters, of) + whereWords(where);
}

/** Rates by what they ask for; the order matters, as the first one that matches wins. */
function rateDifferences(id: string, was: Meter, is: Meter, meters: Meters): Difference[] {
  const [before, after] = [was.rates ?? [], is.rates ?? []];
  const path = at(at('meters', id), 'rates');
  const told = after.flatMap((rate, index): Difference[] => {
    const old = before.find((candidate) => asks(candidate) === asks(rate));
    const kind = kindOfRate(old, rate);
    if (old && kind === null) return [];
    const from = old ? `${old.creditsPerUnit} → ` : 'now ';
    const sentence = `${rateName(is, rate, meters)}: ${from}${rate.creditsPerUnit} credits each`;
    return [{ path: at(path, index), kind: kind ?? 'other', sentence }];
  });
  const gone = before.filter((rate) => after.every((other) => asks(other) !== asks(rate)));
  const dropped = gone.map((rate): Difference => {
    const sentence = `${rateName(is, rate, meters)}: no longer ${rate.creditsPerUnit} credits each`;
    return { path, kind: 'other', sentence };
  });
  return [...told, ...dropped, ...orderDifference(path, is, before, after, meters)];
}

function orderDifference(
  path: string,
  meter: Meter,
  before: readonly CreditRate[],
  after: readonly CreditRate[],
  meters: Meters,
): Difference[] {
  const kept = (rates: readonly CreditRate[], others: readonly CreditRate[]) =>
    rates.map(asks).filter((text) => others.some((other) => asks(other) === text));
  if (kept(before, after).join() === kept(after, before).join()) return [];
  const order = listWords(after.map((rate) => rateWords(rate, meters)));
  const sentence = `${meter.name}: rates are tried in another order: ${order}`;
  return [{ path, kind: 'other', sentence }];
}

function asks({ meter, where }: CreditRate): string {
  return canonicalJson([meter, where ?? {}]);
}

function rateWords({ meter, where }: CreditRate, meters: Meters): string {
  return meterWords(meters, meter) + whereWords(where);
}

function rateName({ name }: Meter, rate: CreditRate, meters: Meters): string {
  return `${name}: ${rateWords(rate, meters)}`;
}

/** Fewer credits for a unit are better; null when as many are asked. */
function kindOfRate(old: CreditRate | undefined, rate: CreditRate): DifferenceKind | null {
  if (!old) return null;
  const order = compare(rate.creditsPerUnit, old.creditsPerUnit);
  if (order === 0) return null;
  return order < 0 ? 'better' : 'worse';
}
