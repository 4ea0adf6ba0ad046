import type { Meter } from './catalogue.js';
import { add, compare, decimalPlaces, isDecimal, multiply, toWhole } from './decimal.js';

/**
 * Quantities. All arithmetic is done in whole units; of credits the unit is the micro-credit,
 * and people see credits as decimal strings (CONTRACT §2).
 */

/** Id of the meter that counts credits; it alone has `rates`. */
export const CREDITS_METER = 'credits';

/** Micro-credits in one credit. */
export const MICRO_CREDITS = 1_000_000;

/** Digits after the point that a credit amount may have. */
export const CREDIT_PLACES = 6;

/** Whole units in one unit that people see: 1, or a million micro-credits in a credit. */
export type Scale = 1 | typeof MICRO_CREDITS;

/** The scale of a meter's quantities. */
export function scaleOf(meter: Meter): Scale {
  return meter.rates === undefined ? 1 : MICRO_CREDITS;
}

/**
 * A credit amount of at most 6 decimals as whole micro-credits: "0.5" is 500,000.
 * @throws RangeError on more decimals, other text, or more than 2^53-1 micro-credits.
 */
export function microCreditsOf(credits: string): number {
  return toWhole(multiply(credits, String(MICRO_CREDITS)));
}

/** Whole micro-credits as the decimal string people see: 500,000 is "0.5". */
export function creditsOf(microCredits: number): string {
  return multiply(String(microCredits), '0.000001');
}

/** Whole units as lines and answers show them: a number, credits a decimal string. */
export function shownQuantity(units: number, scale: Scale): number | string {
  return scale === 1 ? units : creditsOf(units);
}

/** Why a quantity as a caller gives it can't be taken, in words; null when it can. */
export function quantityFault(quantity: unknown, scale: Scale): string | null {
  if (scale === 1) return isWhole(quantity) ? null : 'must be a whole number from 0 to 2^53-1';
  if (typeof quantity === 'number') {
    if (isWhole(quantity)) return creditsFault(String(quantity));
    return 'must be a decimal string of credits, such as "12.5"';
  }
  if (typeof quantity === 'string' && isCredits(quantity)) return creditsFault(quantity);
  return 'must be a decimal string of credits, 0 or more, with at most 6 decimals';
}

/** Text length that no credit amount within 2^53-1 micro-credits exceeds; stops absurd input. */
const CREDITS_TEXT_MAX = 40;

/** Credits whose micro-credits are certainly safe integers stay below this. */
const CREDITS_BELOW = String(Math.floor(Number.MAX_SAFE_INTEGER / MICRO_CREDITS));

function isWhole(quantity: unknown): boolean {
  return Number.isSafeInteger(quantity) && (quantity as number) >= 0;
}

function isCredits(text: string): boolean {
  if (text.length > CREDITS_TEXT_MAX || !isDecimal(text) || text.startsWith('-')) return false;
  return decimalPlaces(text) <= CREDIT_PLACES;
}

function creditsFault(credits: string): string | null {
  return compare(credits, CREDITS_BELOW) < 0 ? null : `must be below ${CREDITS_BELOW}`;
}

/**
 * A quantity as callers give it in whole units.
 * @throws RangeError where `quantityFault` finds one.
 */
export function unitsOf(quantity: number | string, scale: Scale): number {
  const fault = quantityFault(quantity, scale);
  if (fault !== null) throw new RangeError(`quantity ${JSON.stringify(quantity)} ${fault}`);
  return scale === 1 ? Number(quantity) : microCreditsOf(String(quantity));
}

/** Sum of exact decimals; "0" for none. */
export function sumDecimals(amounts: readonly string[]): string {
  return amounts.reduce(add, '0');
}
