import type { Plan } from '../catalogue.js';
import { divide, fromWhole, multiply, toWhole } from '../decimal.js';
import type { RatedLine } from '../invoice.js';

/** Lines that even out a base amount paid in advance when a plan changes (DESIGN §6). */

/** What these lines need to know of a plan. */
type Base = Pick<Plan, 'name' | 'baseAmountMinor'>;

function line(ref: string, description: string, amountMinor: number): RatedLine | null {
  if (amountMinor === 0) return null;
  const unitAmountMinor = fromWhole(amountMinor);
  return { ref, description, quantity: 1, unitAmountMinor, amountMinor };
}

/**
 * What comes back of a base when its period is cut short by a change now: -(base x whole minutes
 * left / minutes of the period), half away from zero. 2900 with 10,000 of 43,200 minutes left is
 * -671 (671.296). Null where that is nothing.
 * @throws RangeError when the minutes are not whole or not 0 <= left <= all, all above 0.
 */
export function unusedBaseLine(
  plan: Base,
  wholeMinutesLeft: number,
  minutesOfPeriod: number,
): RatedLine | null {
  const areWhole = Number.isSafeInteger(wholeMinutesLeft) && Number.isSafeInteger(minutesOfPeriod);
  if (!areWhole || wholeMinutesLeft < 0 || wholeMinutesLeft > minutesOfPeriod) {
    throw new RangeError(`${wholeMinutesLeft} minutes are no part of ${minutesOfPeriod}`);
  }
  const whole = multiply(fromWhole(plan.baseAmountMinor ?? 0), fromWhole(wholeMinutesLeft));
  const unused = divide(whole, fromWhole(minutesOfPeriod), 0);
  return line('base/unused', `${plan.name}: unused time`, toWhole(multiply(unused, '-1')));
}

/**
 * What a base that was charged for the old plan lacks (or has too much) for the new one, after a
 * change at the period's end: new - old. Null when they are equal.
 */
export function baseChangeLine(from: Base, to: Base): RatedLine | null {
  const amountMinor = (to.baseAmountMinor ?? 0) - (from.baseAmountMinor ?? 0);
  return line('base/change', `${from.name} to ${to.name}`, amountMinor);
}
