import Big from 'big.js';
import { alignedPair, printSmall, smallOf, smallQuotient, wholeOf } from './smallDecimals.js';

/**
 * Exact decimals on plain strings such as "0.0005": no exponent, no plus sign, no trailing zeros
 * out. The only file that knows the decimal package; strict mode refuses binary floats.
 */

const Decimal = Big();
Decimal.strict = true;

const PLAIN = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?$/;

/** True for plain decimal text: `-?digits[.digits]`, no leading zeros, no exponent. */
export function isDecimal(text: string): boolean {
  return PLAIN.test(text);
}

/** @throws RangeError on text that is not a plain decimal. */
function parse(text: string): Big {
  if (!isDecimal(text)) throw new RangeError(`not a plain decimal: ${JSON.stringify(text)}`);
  return new Decimal(text);
}

function print(value: Big): string {
  return value.toFixed();
}

/** The same number in its shortest form: "1.50" becomes "1.5". @throws RangeError. */
export function canonical(text: string): string {
  const small = smallOf(text);
  return (small && printSmall(small.digits, small.places)) ?? print(parse(text));
}

/** a + b, exact. @throws RangeError on anything but plain decimals, as all of these do. */
export function add(a: string, b: string): string {
  const pair = alignedPair(a, b);
  const sum = pair && printSmall(pair[0] + pair[1], pair[2]);
  return sum ?? print(parse(a).plus(parse(b)));
}

/** a - b, exact. */
export function subtract(a: string, b: string): string {
  const pair = alignedPair(a, b);
  const difference = pair && printSmall(pair[0] - pair[1], pair[2]);
  return difference ?? print(parse(a).minus(parse(b)));
}

/** a x b, exact. */
export function multiply(a: string, b: string): string {
  const first = smallOf(a);
  const second = first && smallOf(b);
  const product =
    first && second && printSmall(first.digits * second.digits, first.places + second.places);
  return product ?? print(parse(a).times(parse(b)));
}

/** -1, 0 or 1 as a is below, equal to or above b. */
export function compare(a: string, b: string): -1 | 0 | 1 {
  const pair = alignedPair(a, b);
  if (pair) return pair[0] < pair[1] ? -1 : pair[0] > pair[1] ? 1 : 0;
  return parse(a).cmp(parse(b));
}

/**
 * Rounded to `places` digits after the point (0 to 100), half away from zero:
 * 1.5 becomes 2, -1.5 becomes -2.
 */
export function roundHalfAway(text: string, places: number): string {
  const small = places === 0 ? smallOf(text) : null;
  if (small) return String(wholeOf(small));
  return print(parse(text).round(places, 1));
}

/** a / b, rounded half away from zero to `places` digits. @throws RangeError when b is 0. */
export function divide(a: string, b: string, places: number): string {
  const quotient = smallQuotient(smallOf(a), smallOf(b), places);
  if (quotient !== null) return quotient;
  const dividend = parse(a);
  const divisor = parse(b);
  if (divisor.eq('0')) throw new RangeError(`division of ${a} by zero`);
  const Quotient = Big();
  Quotient.strict = true;
  Quotient.DP = places;
  Quotient.RM = 1;
  return print(new Quotient(dividend).div(divisor));
}

/** Digits after the point that matter: 2 for "0.50" is 1. */
export function decimalPlaces(text: string): number {
  const [, fraction = ''] = canonical(text).split('.');
  return fraction.length;
}

/** Digits before the point: 3 for "-120.5". */
export function wholeDigits(text: string): number {
  return parse(text).abs().round(0, 0).toFixed().length;
}

/** A whole safe integer as text. @throws RangeError on fractions and beyond 2^53-1. */
export function fromWhole(value: number): string {
  if (!Number.isSafeInteger(value)) throw new RangeError(`not a whole safe number: ${value}`);
  return String(value);
}

/** The number in a text that must be whole and safe. @throws RangeError otherwise. */
export function toWhole(text: string): number {
  const small = smallOf(text);
  if (small?.places === 0) return small.digits + 0;
  const shortest = canonical(text);
  const value = Number(shortest);
  // A fraction behind so many digits would be lost in the number, and not seen.
  if (shortest.includes('.') || !Number.isSafeInteger(value)) {
    throw new RangeError(`not a whole safe number: ${text}`);
  }
  return value;
}
