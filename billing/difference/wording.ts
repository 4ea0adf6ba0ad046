import { meterOf } from '../branches.js';
import type { Limit, Meter, Price, Scope, Tier, Where, Window } from '../catalogue.js';
import { compare } from '../decimal.js';
import { formatMinor, groupDigits } from '../money.js';

/** How catalogues are put into words. Amounts are exact, numbers have their thousands apart. */

type Meters = Readonly<Record<string, Meter>>;

/** A meter's name within a sentence: "tokens" for "Tokens", but "API calls" as it is. */
export function meterWords(meters: Meters, id: string): string {
  const name = meterOf(meters, id)?.name ?? id;
  return /^[A-Z][a-z]/.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name;
}

/** Several meters that add up: "tokens and images". */
export function metersWords(meters: Meters, ids: readonly string[]): string {
  return listWords(ids.map((id) => meterWords(meters, id)));
}

/** "a", "a and b", "a, b and c"; "nothing" for none. */
export function listWords(words: readonly string[]): string {
  const last = words.at(-1);
  if (last === undefined) return 'nothing';
  return words.length === 1 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

/** Conditions on properties: " where model is large or huge"; "" for none. */
export function whereWords(where: Where | undefined): string {
  const conditions = Object.entries(where ?? {}).map(([name, value]) => {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return `${name} is ${values.map(String).join(' or ')}`;
  });
  return conditions.length === 0 ? '' : ` where ${listWords(conditions)}`;
}

const WINDOWS: Readonly<Record<Window, string>> = {
  minute: 'a minute',
  hour: 'an hour',
  day: 'a day',
  week: 'a week',
  month: 'a calendar month',
  period: 'a billing period',
  lifetime: 'in all',
};

function scopeWords(scope: Scope): string {
  if (scope === 'customer') return '';
  return scope === 'user' ? ' for each user' : ` for each ${scope.slice('property:'.length)}`;
}

/** What a limit is for, after its ceiling: "tokens a day for each user", "of tokens a day". */
export function limitedWords(limit: Limit, meters: Meters): string {
  const of = limit.maxAmountMinor === undefined ? '' : 'of ';
  const what = `${of}${metersWords(meters, limit.meters)}`;
  const window = limit.sliding ? `in any ${limit.window}` : WINDOWS[limit.window];
  const soft = limit.enforcement === 'soft' ? ' (only an alert)' : '';
  return `${what} ${window}${scopeWords(limit.scope)}${soft}`;
}

/** A limit's ceiling: "200,000", or "$50.00" when it is in money. */
export function ceilingWords(limit: Limit, currency: string): string {
  if (limit.maxAmountMinor === undefined) return groupDigits(limit.max ?? 0);
  return formatMinor(String(limit.maxAmountMinor), currency);
}

/** Units of a range: "first 5", "6 to 10", "more than 10", "" for all. */
export function rangeWords(from: number, upTo: number | 'inf'): string {
  if (upTo === 'inf') return from === 1 ? '' : `more than ${groupDigits(from - 1)}`;
  return from === 1 ? `up to ${groupDigits(upTo)}` : `${groupDigits(from)} to ${groupDigits(upTo)}`;
}

function tierWords(tiers: readonly Tier[], currency: string): string {
  let from = 1;
  const parts = tiers.map(({ upTo, unitAmountMinor, flatAmountMinor = 0 }) => {
    const range = rangeWords(from, upTo);
    if (upTo !== 'inf') from = upTo + 1;
    const flat = flatAmountMinor > 0 ? ` and ${money(String(flatAmountMinor), currency)} once` : '';
    return `${money(unitAmountMinor, currency)} each${flat}${range === '' ? '' : ` for ${range}`}`;
  });
  return parts.join(', ');
}

function money(amount: string, currency: string): string {
  return compare(amount, '0') === 0 ? 'nothing' : formatMinor(amount, currency);
}

function schemeWords(price: Price, currency: string): string {
  switch (price.type) {
    case 'perUnit':
      return `${money(price.unitAmountMinor, currency)} each`;
    case 'graduated':
      return tierWords(price.tiers, currency);
    case 'volume':
      return `all of them at ${tierWords(price.tiers, currency)}`;
    case 'package':
      return packageWords(price, currency);
  }
}

/** "$1.00 for each 10", and whether a package that is not full costs anything. */
export function packageWords(
  price: Extract<Price, { type: 'package' }>,
  currency: string,
): string {
  const full = price.round === 'down' ? ' full' : '';
  return `${money(price.packageAmountMinor, currency)} for each${full} ${groupDigits(price.size)}`;
}

/** A whole price: "$0.01 each, 1,000 included". */
export function priceWords(price: Price, currency: string): string {
  const { included = 0, overage } = price;
  const free = included > 0 ? `, ${groupDigits(included)} included` : '';
  const block = overage === 'block' ? ' and no more than that' : '';
  return `${schemeWords(price, currency)}${free}${block}`;
}
