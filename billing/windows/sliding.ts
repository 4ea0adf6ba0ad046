import { DAY_MS, MINUTE_MS, type PeriodBounds } from '../period.js';

/**
 * Windows that end at the instant of the question: the last minute, hour or day. Use is kept in
 * buckets, whole ones count while any part of them is inside. So no stretch of that length ever
 * holds more than the limit, at the price of a wait that may last one bucket longer.
 */

/** Windows that can slide. */
export type SlidingWindow = 'minute' | 'hour' | 'day';

/** Length of each window, ms. */
export const WINDOW_LENGTH_MS: Readonly<Record<SlidingWindow, number>> = {
  minute: MINUTE_MS,
  hour: 60 * MINUTE_MS,
  day: DAY_MS,
};

const BUCKET_MS: Readonly<Record<SlidingWindow, number>> = {
  minute: 5000,
  hour: 5 * MINUTE_MS,
  day: 60 * MINUTE_MS,
};

/** Length of a window's buckets, ms: 5 s of a minute, 5 min of an hour, 1 h of a day. */
export function slidingBucketMs(window: SlidingWindow): number {
  return BUCKET_MS[window];
}

/** The bucket that an instant falls into; those of one window tile time from the epoch on. */
export function slidingBucket(window: SlidingWindow, atMs: number): PeriodBounds {
  const startMs = Math.floor(atMs / BUCKET_MS[window]) * BUCKET_MS[window];
  return { startMs, endMs: startMs + BUCKET_MS[window] };
}

/**
 * Whether what a bucket holds counts at an instant: it overlaps (now - length, now]. So does one
 * ahead of now (a clock that was set back, an event from the near future), where a stretch of
 * the window's length can hold both.
 */
export function slidingCounts(window: SlidingWindow, bucket: PeriodBounds, nowMs: number): boolean {
  return nowMs < slidingEndMs(window, bucket) && bucket.startMs < nowMs + WINDOW_LENGTH_MS[window];
}

/** From this instant on a bucket counts no more, ms. */
export function slidingEndMs(window: SlidingWindow, bucket: PeriodBounds): number {
  return bucket.endMs + WINDOW_LENGTH_MS[window];
}
