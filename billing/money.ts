import { multiply, roundHalfAway, toWhole } from './decimal.js';

/** Money in minor units (cents, pence, yen) and the currencies that were tried. */

/** A currency as people see it. */
interface Currency {
  /** Digits after the point: 2 for cents, 0 where the minor unit is the unit. */
  readonly minorDigits: number;
  readonly symbol: string;
}

/**
 * Others wait until they are tested: some have no minor unit, some three digits, some are charged
 * in steps (docs.stripe.com/currencies).
 */
const CURRENCIES: Readonly<Record<string, Currency>> = {
  usd: { minorDigits: 2, symbol: '$' },
  eur: { minorDigits: 2, symbol: '€' },
  gbp: { minorDigits: 2, symbol: '£' },
  jpy: { minorDigits: 0, symbol: '¥' },
};

/** Codes of the currencies that can be billed in, lower case. */
export const SUPPORTED_CURRENCIES: readonly string[] = Object.keys(CURRENCIES);

/** True for a currency code this engine bills in; codes are lower case. */
export function isSupportedCurrency(code: string): boolean {
  return Object.hasOwn(CURRENCIES, code);
}

/** @throws RangeError for a currency that is not supported. */
function currencyOf(code: string): Currency {
  const currency = isSupportedCurrency(code) ? CURRENCIES[code] : undefined;
  if (currency) return currency;
  throw new RangeError(`currency ${code} is not one of ${SUPPORTED_CURRENCIES.join(', ')}`);
}

/**
 * The one rounding of money: an exact amount of minor units to a whole one, half away from zero
 * ("672.839" is 673, "999.5" is 1000, "-0.5" is -1). How Stripe breaks ties is not documented;
 * should it differ, it is changed here.
 * @throws RangeError when the result is beyond 2^53-1 or the text is no plain decimal.
 */
export function roundMinor(amount: string): number {
  return toWhole(roundHalfAway(amount, 0));
}

/**
 * Splits whole minor units by weights (whole, 0 to 2^53-1, such as quantities or minutes), so that
 * the parts sum exactly to the total: each gets its share rounded towards zero, and what is left
 * goes out one unit each, the largest remainder first, among equal ones the first in the list. No
 * part is a whole unit away from its exact share; a negative total gives the parts of the positive
 * one, negated. 100 by [1, 1, 1] is [34, 33, 33].
 * @throws RangeError for a total or weight that is not whole and safe, a negative weight, or a
 * total other than 0 where no weight is above 0.
 */
export function allocate(totalMinor: number, weights: readonly number[]): number[] {
  const wrong = [...weights, Math.abs(totalMinor)].find((n) => !Number.isSafeInteger(n) || n < 0);
  if (wrong !== undefined) throw new RangeError(`not whole, safe and 0 or more: ${wrong}`);
  const sum = weights.reduce((all, weight) => all + BigInt(weight), 0n);
  if (totalMinor === 0) return weights.map(() => 0);
  if (sum === 0n) throw new RangeError(`${totalMinor} minor units without a weight to go to`);
  const total = BigInt(Math.abs(totalMinor));
  const shares = weights.map((weight, index) => {
    const scaled = total * BigInt(weight);
    return { index, whole: scaled / sum, remainder: scaled % sum };
  });
  const left = total - shares.reduce((all, { whole }) => all + whole, 0n);
  // Sorting keeps the order of equal ones.
  const order = [...shares].sort((a, b) => Number(b.remainder - a.remainder));
  const favoured = new Set(order.slice(0, Number(left)).map(({ index }) => index));
  return shares.map(({ index, whole }) => {
    const part = Number(whole) + (favoured.has(index) ? 1 : 0);
    return totalMinor < 0 && part !== 0 ? -part : part;
  });
}

/**
 * An exact amount of minor units as people read it, nothing rounded: "0.05" in usd is "$0.0005",
 * "290000" is "$2,900.00". @throws RangeError for an unsupported currency.
 */
export function formatMinor(amount: string, code: string): string {
  const { minorDigits, symbol } = currencyOf(code);
  const factor = minorDigits === 0 ? '1' : `0.${'1'.padStart(minorDigits, '0')}`;
  const text = multiply(amount, factor);
  const negative = text.startsWith('-');
  const [whole = '0', fraction = ''] = (negative ? text.slice(1) : text).split('.');
  const point = minorDigits === 0 && fraction === '' ? '' : '.';
  const digits = groupDigits(whole) + point + fraction.padEnd(minorDigits, '0');
  return `${negative ? '-' : ''}${symbol}${digits}`;
}

/** Thousands set apart by commas: 1000001 is "1,000,001". Takes whole digits, as text or number. */
export function groupDigits(whole: string | number): string {
  return String(whole).replace(/\B(?=([0-9]{3})+$)/g, ',');
}
