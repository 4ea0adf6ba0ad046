import { type Cells, cellOf, noCells, withCell, withoutCell } from '../cells.js';
import type { Window } from '../catalogue.js';
import type { PeriodBounds } from '../period.js';
import { windowBounds } from '../windows/calendar.js';
import {
  slidingBucket,
  slidingCounts,
  slidingEndMs,
  type SlidingWindow,
} from '../windows/sliding.js';
import type { Zone } from '../windows/zone.js';
import type { Amount, Bucket, Counter } from './counter.js';
import type { CounterRule } from './counterKey.js';
import { amountOf, combined, noSlots, numbersOf } from './slots.js';

/** Stretches of time that counters are kept by. */

/** What a lifetime is as a stretch: JSON has no infinity. */
const LIFETIME: PeriodBounds = { startMs: 0, endMs: Number.MAX_SAFE_INTEGER };

/** The part of a bucket that usage, or open holds, stand in. */
export type Part = 'used' | 'held';

/** Where in time a rule's windows lie. */
export interface Timing {
  readonly zone: Zone;
  /** The period that the instant falls into. */
  readonly period: PeriodBounds;
}

/** What a counter says of one key at one instant, slot by slot. */
export interface Counted {
  readonly used: readonly number[];
  readonly held: readonly number[];
}

/** How a rule cuts time. */
type Windowed = Pick<CounterRule, 'window' | 'sliding'>;

/** The stretch in which something at `atMs` counts. */
export function bucketBounds(
  { window, sliding }: Windowed,
  { zone, period }: Timing,
  atMs: number,
): PeriodBounds {
  if (window === 'lifetime') return LIFETIME;
  if (window === 'period') return period;
  if (slides(window, sliding)) return slidingBucket(window, atMs);
  return windowBounds(window, zone, atMs);
}

/**
 * The buckets that count at `nowMs`: of the open period its own; of a sliding window all that one
 * stretch of its length can hold beside now; else all that now lies in (two of them, after a
 * change of time zone).
 */
export function countingBuckets(
  { window, sliding }: Windowed,
  counter: Counter,
  period: PeriodBounds | null,
  nowMs: number,
): readonly Bucket[] {
  if (window === 'period') return counter.filter(({ startMs }) => startMs === period?.startMs);
  return slides(window, sliding)
    ? counter.filter((bucket) => slidingCounts(window, bucket, nowMs))
    : counter.filter(({ startMs, endMs }) => startMs <= nowMs && nowMs < endMs);
}

/** From when on a bucket counts no more, ms. */
export function bucketLeavesMs({ window, sliding }: Windowed, bucket: PeriodBounds): number {
  return slides(window, sliding) ? slidingEndMs(window, bucket) : bucket.endMs;
}

/** The catalogue lets only these slide. */
function slides(window: Window, sliding: boolean): window is SlidingWindow {
  return sliding && (window === 'minute' || window === 'hour' || window === 'day');
}

/** What buckets hold of one key. */
export function countedIn(
  rule: CounterRule,
  buckets: readonly Bucket[],
  key: string,
): Counted {
  let used: readonly number[] = noSlots(rule.slots);
  let held: readonly number[] = used;
  for (const bucket of buckets) {
    const usedHere = bucket.used.size === 0 ? undefined : cellOf(bucket.used, key);
    if (usedHere !== undefined) used = combined(rule.slots, used, numbersOf(usedHere));
    const heldHere = bucket.held.size === 0 ? undefined : cellOf(bucket.held, key);
    if (heldHere !== undefined) held = combined(rule.slots, held, numbersOf(heldHere));
  }
  return { used, held };
}

/**
 * The counter with one bucket changed, made where there is none. A bucket is known by its start;
 * its end is the latest that anyone gave it (periods can be extended).
 */
export function changeBucket(
  counter: Counter,
  { startMs, endMs }: PeriodBounds,
  change: (bucket: Bucket) => Bucket,
): Counter {
  const at = counter.findIndex((bucket) => bucket.startMs === startMs);
  const before = counter[at];
  if (before) return counter.with(at, change({ ...before, endMs: Math.max(before.endMs, endMs) }));
  const made = change({ startMs, endMs, used: noCells(), held: noCells() });
  return [...counter, made].sort((a, b) => a.startMs - b.startMs);
}

/** Cells with numbers added under a key; what comes to nothing leaves no trace. */
export function addToCell(
  rule: Pick<CounterRule, 'slots'>,
  cells: Cells<Amount>,
  key: string,
  added: readonly number[],
): Cells<Amount> {
  const before = cellOf(cells, key);
  const sum = before === undefined ? added : combined(rule.slots, numbersOf(before), added);
  const amount = amountOf(sum);
  return amount === null ? withoutCell(cells, key) : withCell(cells, key, amount);
}
