/**
 * Decimals whose digits fit into a safe integer, as most amounts do: the same exact results as the
 * decimal package has, many times sooner. What does not fit is null, and the package's to do.
 */

/** `digits` / 10^`places`, both whole; digits are a safe integer. Most amounts are so small. */
export interface Small {
  readonly digits: number;
  readonly places: number;
}

/** Characters that a small number's text has at most: its digits stay below 10^15. */
const SMALL_LENGTH = 15;

/** Powers of ten; more places than these are not small. */
const TENS: readonly number[] = Array.from({ length: 16 }, (_, places) => 10 ** places);

const ZERO_CODE = 48;
const MINUS_CODE = 45;
const POINT_CODE = 46;

/** A plain decimal that is small; null: it is larger, or no plain decimal. */
export function smallOf(text: string): Small | null {
  const { length } = text;
  const start = text.charCodeAt(0) === MINUS_CODE ? 1 : 0;
  if (length === start || length > SMALL_LENGTH) return null;
  let digits = 0;
  let point = -1;
  for (let index = start; index < length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === POINT_CODE && point < 0 && index > start) {
      point = index;
      continue;
    }
    const digit = code - ZERO_CODE;
    if (digit < 0 || digit > 9) return null;
    digits = digits * 10 + digit;
  }
  const wholeEnd = point < 0 ? length : point;
  if (point === length - 1) return null;
  if (wholeEnd - start > 1 && text.charCodeAt(start) === ZERO_CODE) return null;
  return { digits: start === 1 ? -digits : digits, places: point < 0 ? 0 : length - point - 1 };
}

/** The digits of two numbers, and the places of both. */
type Aligned = readonly [a: number, b: number, places: number];

/** The digits of both in the greater number of their places; null: not exact. */
function aligned(a: Small, b: Small): Aligned | null {
  const places = Math.max(a.places, b.places);
  const first = a.digits * (TENS[places - a.places] ?? Number.NaN);
  const second = b.digits * (TENS[places - b.places] ?? Number.NaN);
  return Number.isSafeInteger(first) && Number.isSafeInteger(second)
    ? [first, second, places]
    : null;
}

/** Printed; null: the digits are beyond 2^53-1, so they may not be exact. */
export function printSmall(digits: number, places: number): string | null {
  if (!Number.isSafeInteger(digits)) return null;
  if (places === 0 || digits === 0) return String(digits + 0);
  let left = Math.abs(digits);
  let kept = places;
  while (kept > 0 && left % 10 === 0) {
    left /= 10;
    kept -= 1;
  }
  const sign = digits < 0 ? '-' : '';
  if (kept === 0) return sign + String(left);
  const text = String(left).padStart(kept + 1, '0');
  return `${sign}${text.slice(0, -kept)}.${text.slice(-kept)}`;
}

/** Both as small numbers of equal places; null where one is not. */
export function alignedPair(a: string, b: string): Aligned | null {
  const first = smallOf(a);
  const second = first && smallOf(b);
  return first && second && aligned(first, second);
}

/** The whole number nearest to a small one, half away from zero. */
export function wholeOf({ digits, places }: Small): number {
  const one = TENS[places] ?? Number.NaN;
  const size = Math.abs(digits);
  const part = size % one;
  const whole = (size - part) / one + (part * 2 >= one ? 1 : 0);
  return digits < 0 && whole !== 0 ? -whole : whole;
}

/** The quotient of two small numbers, printed; null: one is not small, 0, or it takes more. */
export function smallQuotient(a: Small | null, b: Small | null, places: number): string | null {
  if (!a || !b || b.digits === 0) return null;
  const shift = places + b.places - a.places;
  const size = Math.abs(a.digits) * (TENS[Math.max(shift, 0)] ?? Number.NaN);
  const divisor = Math.abs(b.digits) * (TENS[Math.max(-shift, 0)] ?? Number.NaN);
  if (!Number.isSafeInteger(size) || !Number.isSafeInteger(divisor)) return null;
  const part = size % divisor;
  const rounded = (size - part) / divisor + (part >= divisor - part ? 1 : 0);
  return printSmall(a.digits < 0 === b.digits < 0 ? rounded : -rounded, places);
}
