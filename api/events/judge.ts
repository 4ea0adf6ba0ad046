import { meterOf, isDerived } from '../../billing/branches.js';
import type { PublishedCatalogue } from '../../billing/catalogue.js';
import type { StoredCustomer } from '../../ledger/stores/contract.js';
import type { Refusal, Submission } from './submission.js';

/** What only a new event is judged by: its age and its meters (CONTRACT §3.2). */

const DAY_MS = 86_400_000;

/** Oldest usage that is taken. */
export const AGE_MS_MAX = 35 * DAY_MS;

/** Furthest ahead of the customer's clock. */
export const AHEAD_MS_MAX = 5 * 60_000;

function refusal(event: Submission, code: Refusal['code'], detail: string): Refusal {
  return { shownId: event.shownId, code, detail, faults: [{ detail }] };
}

/** Why a new event is refused by its time, or null. `nowMs` is the customer's clock. */
export function timeRefusal(event: Submission, nowMs: number): Refusal | null {
  const { timestampMs, timestamp } = event;
  if (timestampMs === null) return null;
  const clock = `the customer's clock shows ${new Date(nowMs).toISOString()}`;
  if (timestampMs < nowMs - AGE_MS_MAX) {
    return refusal(event, 'event_too_old', `${timestamp} is over 35 days old; ${clock}.`);
  }
  if (timestampMs > nowMs + AHEAD_MS_MAX) {
    return refusal(event, 'event_in_future', `${timestamp} is over 5 minutes ahead; ${clock}.`);
  }
  return null;
}

/** The first meter of an event that nobody may report, or null. */
export function unknownMeter(
  event: Pick<Submission, 'quantities'>,
  catalogue: PublishedCatalogue,
): string | null {
  for (const meter of Object.keys(event.quantities)) {
    const found = meterOf(catalogue.meters, meter);
    if (!found || isDerived(found)) return meter;
  }
  return null;
}

/** Why a new event is refused by its meters, or null. */
export function meterRefusal(event: Submission, catalogue: PublishedCatalogue): Refusal | null {
  const unknown = unknownMeter(event, catalogue);
  if (unknown === null) return null;
  const derived = meterOf(catalogue.meters, unknown) !== undefined;
  const why = derived ? 'is derived and never reported' : 'is not in the published catalogue';
  return refusal(event, 'unknown_meter', `The meter "${unknown}" ${why}.`);
}

/** The refusal of an event of a customer that nobody knows. */
export function customerRefusal(event: Submission): Refusal {
  const detail = `There is no customer "${event.customer}", and no default plan to make it on.`;
  return refusal(event, 'unknown_customer', detail);
}

/** When an event counts: at its time, or the first period's start where that is later. */
export function countedAtMs(
  event: Submission,
  row: StoredCustomer | null,
  nowMs: number,
): number {
  return Math.max(event.timestampMs ?? nowMs, row?.firstPeriodStartMs ?? 0);
}
