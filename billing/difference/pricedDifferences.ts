import type { Price } from '../catalogue.js';
import { at } from '../faults/fault.js';
import {
  type Difference,
  type DifferenceKind,
  type PlanChange,
  planDifference,
} from './difference.js';
import { priceDifferences } from './priceDifferences.js';
import { type Standing, STANDING_WORDS, standingOf } from './standing.js';
import { meterWords, priceWords } from './wording.js';

/** Meters whose price changed, and those that got or lost one, or run without limit now. */
export function pricedDifferences(change: PlanChange): Difference[] {
  const { before, after } = change;
  const [was, is] = [before.plan.prices ?? {}, after.plan.prices ?? {}];
  const changed = Object.entries(is).flatMap(([id, price]) => {
    const old = Object.hasOwn(was, id) ? was[id] : undefined;
    return old ? priceDifferences(change, id, old, price) : [newPrice(change, id, price)];
  });
  const gone = Object.entries(was).filter(([id]) => !Object.hasOwn(is, id));
  return [
    ...changed,
    ...gone.map(([id, price]) => gonePrice(change, id, price)),
    ...unlimitedDifferences(change),
  ];
}

function newPrice(change: PlanChange, id: string, price: Price): Difference {
  const standing = standingOf(change.before, id);
  const words = priceWords(price, change.after.currency);
  const text = `${meterWords(change.after.meters, id)}: ${STANDING_WORDS[standing]} → ${words}`;
  return planDifference(change, priceAt(change, id), KIND_OF_NEW[standing], text);
}

function gonePrice(change: PlanChange, id: string, price: Price): Difference {
  const standing = standingOf(change.after, id);
  const words = priceWords(price, change.before.currency);
  const text = `${meterWords(change.before.meters, id)}: ${words} → ${STANDING_WORDS[standing]}`;
  return planDifference(change, priceAt(change, id), KIND_OF_GONE[standing], text);
}

function priceAt({ path }: PlanChange, id: string): string {
  return at(at(path, 'prices'), id);
}

/** What a new price means, by what the plan did with the meter before. */
const KIND_OF_NEW: Readonly<Record<Standing, DifferenceKind>> = {
  priced: 'other',
  credits: 'other',
  free: 'worse',
  absent: 'better',
};

/** What a price that went means, by what the plan does with the meter now. */
const KIND_OF_GONE: Readonly<Record<Standing, DifferenceKind>> = {
  priced: 'other',
  credits: 'other',
  free: 'better',
  absent: 'worse',
};

function unlimitedDifferences(change: PlanChange): Difference[] {
  const [was, is] = [change.before.plan.unlimited ?? [], change.after.plan.unlimited ?? []];
  const path = at(change.path, 'unlimited');
  const added = is.filter((id) => !was.includes(id));
  const gone = was.filter((id) => !is.includes(id));
  return [
    ...added.map((id) => {
      const text = `${meterWords(change.after.meters, id)} are now free without limit`;
      return planDifference(change, at(path, is.indexOf(id)), 'better', text);
    }),
    ...gone.map((id) => {
      const text = `${meterWords(change.before.meters, id)} are no longer free without limit`;
      return planDifference(change, path, 'worse', text);
    }),
  ];
}
