import type { CatalogueFault } from '../catalogue.js';
import { decimalPlaces, isDecimal, wholeDigits } from '../decimal.js';
import { CREDIT_PLACES, MICRO_CREDITS } from '../quantity.js';

/** Digits before the point that an amount may have; far above any price, and cheap to check. */
const WHOLE_DIGITS_MAX = 15;

const PLAIN_KEY = /^[A-Za-z0-9_$-]+$/;

/** A JSON path one step further: `.key`, `[0]`, or `["odd key"]`. */
export function at(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  if (!PLAIN_KEY.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}

/** One fault. */
export function fault(path: string, value: unknown, message: string): CatalogueFault {
  return { path, value, message };
}

const NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** Names of plans, meters, limits, properties and features have one shape (CONTRACT §2). */
export function nameFaults(path: string, name: string): CatalogueFault[] {
  if (!NAME.test(name)) {
    return [fault(path, name, 'a name is 1 to 64 of A-Z a-z 0-9 _ -')];
  }
  return name in Object.prototype
    ? [fault(path, name, 'this name has a meaning in JavaScript objects: choose another')]
    : [];
}

/** An amount of 0 or more as a plain decimal string with at most `places` decimals. */
export function amountFaults(path: string, value: string, places: number): CatalogueFault[] {
  if (value.length > WHOLE_DIGITS_MAX * 3 || !isDecimal(value) || value.startsWith('-')) {
    return [fault(path, value, 'must be a plain decimal of 0 or more in a string, as "0.0005"')];
  }
  if (decimalPlaces(value) > places) {
    return [fault(path, value, `has more than ${places} decimals`)];
  }
  return wholeDigits(value) > WHOLE_DIGITS_MAX
    ? [fault(path, value, `has more than ${WHOLE_DIGITS_MAX} digits before the point`)]
    : [];
}

/** Credits count in millionths, so whole credits end earlier than 2^53-1. */
export const CREDITS_MAX = Math.floor(Number.MAX_SAFE_INTEGER / MICRO_CREDITS);

/** Whole credits have at most nine digits: a million times as many micro-credits stay exact. */
const CREDIT_DIGITS_MAX = 9;

/** A number of credits: an amount with at most 6 decimals, below a thousand million. */
export function creditFaults(path: string, value: string): CatalogueFault[] {
  const faults = amountFaults(path, value, CREDIT_PLACES);
  if (faults.length > 0 || wholeDigits(value) <= CREDIT_DIGITS_MAX) return faults;
  return [fault(path, value, `has more than ${CREDIT_DIGITS_MAX} digits before the point`)];
}
