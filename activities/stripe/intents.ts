import { sha256Hex } from '../contentHash.js';
import type { SegmentAtStripe, StripeParty } from '../contract.js';

/** Identifier and stamp of a report, from its content alone (DESIGN §6). */

const MINUTE_SECONDS = 60;

/** Stripe takes events of the past 35 calendar days (MeterEvents.d.ts); a day is kept in hand. */
const AGE_MAX_SECONDS = 34 * 86_400;

/** Stripe takes events up to 5 minutes ahead (MeterEvents.d.ts); a minute is kept in hand. */
const AHEAD_MAX_SECONDS = 4 * 60;

/** Stripe refuses values of more than 15 significant digits (changelog 2026-04-22). */
export const VALUE_MAX = 999_999_999_999_999;

/** Half-open span of whole minutes, Unix seconds. */
export interface Minutes {
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** The whole minutes inside Stripe's bounds of a segment: summaries know no others. */
export function wholeMinutes(segment: SegmentAtStripe): Minutes {
  return {
    fromSeconds: Math.ceil(segment.startSeconds / MINUTE_SECONDS) * MINUTE_SECONDS,
    toSeconds: Math.floor(segment.endSeconds / MINUTE_SECONDS) * MINUTE_SECONDS,
  };
}

/** Those of a segment's minutes in which Stripe takes an event now; may be empty. */
export function openMinutes(segment: SegmentAtStripe, nowMs: number): Minutes {
  const nowSeconds = nowMs / 1000;
  const { fromSeconds, toSeconds } = wholeMinutes(segment);
  const oldest = Math.ceil((nowSeconds - AGE_MAX_SECONDS) / MINUTE_SECONDS) * MINUTE_SECONDS;
  const newest = Math.floor((nowSeconds + AHEAD_MAX_SECONDS) / MINUTE_SECONDS) * MINUTE_SECONDS;
  return {
    fromSeconds: Math.max(fromSeconds, oldest),
    toSeconds: Math.min(toSeconds, newest + MINUTE_SECONDS),
  };
}

/** Those of them that the subscription's items count. */
export function countedMinutes(
  { fromSeconds, toSeconds }: Minutes,
  { itemsSinceSeconds = 0 }: StripeParty['stripe'],
): Minutes {
  const since = Math.ceil(itemsSinceSeconds / MINUTE_SECONDS) * MINUTE_SECONDS;
  return { fromSeconds: Math.max(fromSeconds, since), toSeconds };
}

/** True when even the segment's last minute is too old for Stripe. */
export function isTooOld(segment: SegmentAtStripe, nowMs: number): boolean {
  return wholeMinutes(segment).toSeconds - MINUTE_SECONDS < nowMs / 1000 - AGE_MAX_SECONDS;
}

/**
 * The free minute nearest below the newest usage, else the nearest above; null when every one
 * is taken. A minute of its own makes a one-minute summary the report's receipt.
 */
export function freeMinute(
  newestSeconds: number,
  { fromSeconds, toSeconds }: Minutes,
  taken: ReadonlySet<number>,
): number | null {
  if (fromSeconds >= toSeconds) return null;
  const wanted = Math.floor(newestSeconds / MINUTE_SECONDS) * MINUTE_SECONDS;
  const start = Math.min(Math.max(wanted, fromSeconds), toSeconds - MINUTE_SECONDS);
  for (let at = start; at >= fromSeconds; at -= MINUTE_SECONDS) if (!taken.has(at)) return at;
  for (let at = start; at < toSeconds; at += MINUTE_SECONDS) if (!taken.has(at)) return at;
  return null;
}

/**
 * `dbl_` + 40 hex + `_` + sequence. The UTC day is the one the segment starts on, so the
 * identifier depends on the sequence alone: of two writers only one can take the next place.
 */
export function identifierOf(
  { key, stripe }: Pick<StripeParty, 'key' | 'stripe'>,
  segment: SegmentAtStripe,
  meter: string,
  sequence: number,
): string {
  const day = new Date(segment.startSeconds * 1000).toISOString().slice(0, 10);
  const content = [key.mode, stripe.customer, stripe.subscription, meter, segment.index, day];
  return `dbl_${sha256Hex(JSON.stringify(content)).slice(0, 40)}_${sequence}`;
}
