import { fromWhole, subtract } from '../decimal.js';
import { groupDigits } from '../money.js';

/** What reconciliation finds: two places that must say the same number, and do not. */

/**
 * Which two places. `ledgerWorkflow`: the log folded anew and the workflow's own state at the
 * same mark. `intents`: stored reports and what the workflow or the log says of them.
 * `stripeUsage`: accepted reports and what Stripe counted. `invoice`: our invoice and Stripe's.
 */
export type Place = 'ledgerWorkflow' | 'intents' | 'stripeUsage' | 'invoice';

/** What was done about it; `none`: it was only looked at, by request. */
export type DifferenceAction = 'repaired' | 'flagged' | 'none';

/** One difference. Numbers are exact plain decimals: units of a meter, minor units of money. */
export interface Difference {
  readonly customer: string;
  readonly where: Place;
  /** Index of the segment; null: it is not about one. */
  readonly segment: number | null;
  readonly meter: string | null;
  /** What the place that is trusted says. */
  readonly expected: string;
  readonly found: string;
  /** found - expected. */
  readonly difference: string;
  /** What it is about and what to do, in words. */
  readonly detail: string;
  readonly action: DifferenceAction;
  /** Identifier of the report it comes down to; absent: none. */
  readonly intent?: string;
  /** Ids of entries of the log with usage of that meter and minute, the first ones. */
  readonly events?: readonly string[];
}

/** A difference before it is known whose it is and what was done. */
export type Found = Omit<Difference, 'customer' | 'action' | 'difference'> & {
  /** True where telling the customer's workflow, or sending a report again, puts it right. */
  readonly repair?: 'tell' | 'resend';
  /** The minute it comes down to, ms; absent: none. */
  readonly minuteMs?: number;
};

/** The exact difference of two whole numbers as one finding. */
export function foundOf(
  subject: Pick<Found, 'where' | 'segment' | 'meter'>,
  expected: number,
  found: number,
  detail: string,
): Found {
  return { ...subject, expected: fromWhole(expected), found: fromWhole(found), detail };
}

/** A finding of a customer with what was done about it. */
export function differenceOf(
  customer: string,
  { repair: _repair, minuteMs: _minuteMs, ...found }: Found,
  action: DifferenceAction,
): Difference {
  const { expected, found: seen } = found;
  return { customer, ...found, difference: subtract(seen, expected), action };
}

/**
 * Names a finding by what does not move while usage goes on: two looks find the same one where
 * it is no moment's.
 */
export function findingKey(
  finding: Pick<Found, 'where' | 'segment' | 'meter' | 'expected' | 'found' | 'intent'>,
): string {
  const { where, segment, meter, expected, found, intent = '' } = finding;
  return [where, segment, meter, intent, subtract(found, expected)].join('/');
}

/** A count with its sign and groups of digits: `+1`, `-1,000`. */
export function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${groupDigits(fromWhole(Math.abs(value)))}`;
}
