import fc from 'fast-check';
import type { PeriodBounds } from '../../../billing/period.js';
import {
  slidingBucket,
  slidingBucketMs,
  slidingCounts,
  slidingEndMs,
  type SlidingWindow,
  WINDOW_LENGTH_MS,
} from '../../../billing/windows/sliding.js';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

describe('buckets of a sliding window', () => {
  it.each([
    ['minute', MINUTE_MS, 5 * SECOND_MS],
    ['hour', HOUR_MS, 5 * MINUTE_MS],
    ['day', 24 * HOUR_MS, HOUR_MS],
  ] as const)('the last %s: %i ms in buckets of %i ms', (window, lengthMs, bucketMs) => {
    expect(WINDOW_LENGTH_MS[window]).toBe(lengthMs);
    expect(slidingBucketMs(window)).toBe(bucketMs);
    expect(slidingBucket(window, 3 * bucketMs)).toEqual({
      startMs: 3 * bucketMs,
      endMs: 4 * bucketMs,
    });
    expect(slidingBucket(window, 4 * bucketMs - 1).startMs).toBe(3 * bucketMs);
    expect(slidingBucket(window, -1)).toEqual({ startMs: -bucketMs, endMs: 0 });
  });

  it('one counts from its first instant until all of it is older than the window', () => {
    const bucket = slidingBucket('minute', 60_000);
    const counted = [59_999, 60_000, 64_999, 124_999, 125_000].map((nowMs) =>
      slidingCounts('minute', { startMs: 60_000, endMs: 65_000 }, nowMs),
    );
    expect(bucket).toEqual({ startMs: 60_000, endMs: 65_000 });
    expect(counted).toEqual([true, true, true, true, false]);
    expect(slidingEndMs('minute', bucket)).toBe(125_000);
  });

  it('one ahead of a clock that was set back counts while one stretch can hold both', () => {
    const ahead = slidingBucket('minute', 120_000);
    expect(slidingCounts('minute', ahead, 60_001)).toBe(true);
    expect(slidingCounts('minute', ahead, 60_000)).toBe(false);
  });
});

/** Quantities of one limit as they are kept: by bucket, dropped once they can't count. */
class Buckets {
  private kept: { bucket: PeriodBounds; quantity: number }[] = [];

  constructor(readonly window: SlidingWindow) {}

  usedAt(nowMs: number): number {
    return this.countingAt(nowMs).reduce((sum, { quantity }) => sum + quantity, 0);
  }

  countingAt(nowMs: number): readonly { bucket: PeriodBounds; quantity: number }[] {
    return this.kept.filter(({ bucket }) => slidingCounts(this.window, bucket, nowMs));
  }

  add(atMs: number, quantity: number): void {
    const bucket = slidingBucket(this.window, atMs);
    const same = this.kept.find((one) => one.bucket.startMs === bucket.startMs);
    if (same) same.quantity += quantity;
    else this.kept.push({ bucket, quantity });
  }
}

interface Use {
  readonly atMs: number;
  readonly quantity: number;
}

const LIMIT = 10;

/** Lets through what fits the limit, as a decision does. */
function admitted(window: SlidingWindow, asks: readonly Use[]): readonly Use[] {
  const buckets = new Buckets(window);
  return asks.filter(({ atMs, quantity }) => {
    const fits = buckets.usedAt(atMs) + quantity <= LIMIT;
    if (fits) buckets.add(atMs, quantity);
    return fits;
  });
}

/** The most that any stretch of a length holds; a list of instants and two loops. */
function mostInAnyStretch(uses: readonly Use[], lengthMs: number): number {
  const inStretch = (endMs: number): number =>
    uses
      .filter(({ atMs }) => atMs > endMs - lengthMs && atMs <= endMs)
      .reduce((sum, { quantity }) => sum + quantity, 0);
  return Math.max(0, ...uses.map(({ atMs }) => inStretch(atMs)));
}

const windows = fc.constantFrom<SlidingWindow>('minute', 'hour', 'day');
const check = { numRuns: 500, seed: jest.getSeed() };

/** Asks at instants in thousandths of the window; `back`: the clock may be set back. */
function asksOf(back: number): fc.Arbitrary<readonly (readonly [number, number])[]> {
  const upTo = (max: number): fc.Arbitrary<number> => fc.integer({ min: -back, max });
  const step = fc.oneof(upTo(120), upTo(1500));
  return fc.array(fc.tuple(step, fc.integer({ min: 1, max: 6 })), { maxLength: 40 });
}

function usesOf(window: SlidingWindow, steps: readonly (readonly [number, number])[]): Use[] {
  let atMs = 1_800_000_000_123;
  return steps.map(([thousandths, quantity]) => {
    atMs += (thousandths * WINDOW_LENGTH_MS[window]) / 1000;
    return { atMs, quantity };
  });
}

describe('a sliding limit', () => {
  it('is never passed in any stretch of its length', () => {
    fc.assert(
      fc.property(windows, asksOf(0), (window, steps) => {
        const uses = admitted(window, usesOf(window, steps));
        expect(mostInAnyStretch(uses, WINDOW_LENGTH_MS[window])).toBeLessThanOrEqual(LIMIT);
      }),
      check,
    );
  });

  it('is never passed either where the clock is set back and runs the same time again', () => {
    fc.assert(
      fc.property(windows, asksOf(800), (window, steps) => {
        const uses = admitted(window, usesOf(window, steps));
        expect(mostInAnyStretch(uses, WINDOW_LENGTH_MS[window])).toBeLessThanOrEqual(LIMIT);
      }),
      check,
    );
  });

  it('lets an ask wait one bucket longer than an exact one would, and no more', () => {
    fc.assert(
      fc.property(windows, fc.nat(1_000_000_000), (window, atMs) => {
        const waitMs = WINDOW_LENGTH_MS[window] + slidingBucketMs(window);
        const full = { atMs, quantity: LIMIT };
        const next = { atMs: atMs + waitMs, quantity: LIMIT };
        const early = { atMs: atMs + WINDOW_LENGTH_MS[window] - 1, quantity: 1 };
        expect(admitted(window, [full, early, next])).toEqual([full, next]);
      }),
      check,
    );
  });

  it.each([
    ['minute', 13],
    ['hour', 13],
    ['day', 25],
  ] as const)('of the last %s counts %i buckets at most', (window, most) => {
    const buckets = new Buckets(window);
    const startMs = 1_800_000_000_123;
    const stepMs = slidingBucketMs(window) / 5;
    const counts: number[] = [];
    for (let step = 0; step < 200; step += 1) {
      buckets.add(startMs + step * stepMs, 1);
      counts.push(buckets.countingAt(startMs + step * stepMs).length);
    }
    expect(Math.max(...counts)).toBe(most);
  });
});
