import { formatMinor } from '../money.js';
import { DAY_MS } from '../period.js';
import { stretchAt } from '../windows/localTime.js';
import type { Zone } from '../windows/zone.js';

/** A forecast in words that a customer reads. */

const MONTHS: readonly string[] = [
  'Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec',
];

/** Amounts of a period, whole minor units, and where it ends. */
export interface Forecast {
  readonly accruedAmountMinor: number;
  readonly projectedAmountMinor: number;
  readonly lowAmountMinor: number;
  readonly highAmountMinor: number;
}

/** The calendar day of an instant where the customer is: "Dec 1"; with its year when far away. */
function dayText(atMs: number, zone: Zone, nowMs: number): string {
  const local = new Date(atMs + stretchAt(zone, atMs).offsetMs);
  const day = `${MONTHS[local.getUTCMonth()]} ${local.getUTCDate()}`;
  const isFar = atMs - nowMs > 180 * DAY_MS;
  return isFar ? `${day}, ${local.getUTCFullYear()}` : day;
}

/**
 * "$29.00 so far; at this pace about $41.00 by Dec 1, most likely between $38.00 and $46.00." The
 * range is left out where it is one amount.
 * @throws RangeError for an unsupported currency.
 */
export function forecastSentence(
  forecast: Forecast,
  currency: string,
  end: { readonly endMs: number; readonly zone: Zone; readonly nowMs: number },
): string {
  const money = (amountMinor: number) => formatMinor(String(amountMinor), currency);
  const { accruedAmountMinor, projectedAmountMinor, lowAmountMinor, highAmountMinor } = forecast;
  const day = dayText(end.endMs, end.zone, end.nowMs);
  const about = `at this pace about ${money(projectedAmountMinor)} by ${day}`;
  const range =
    lowAmountMinor === highAmountMinor
      ? ''
      : `, most likely between ${money(lowAmountMinor)} and ${money(highAmountMinor)}`;
  return `${money(accruedAmountMinor)} so far; ${about}${range}.`;
}
