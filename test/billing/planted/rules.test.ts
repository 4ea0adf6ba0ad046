import type * as decimal from '../../../billing/decimal.js';
import type * as buckets from '../../../billing/limits/buckets.js';
import type * as order from '../../../billing/credits/order.js';
import type * as periods from '../../../billing/period.js';
import type * as refusals from '../../../billing/limits/refusals.js';
import type * as sliding from '../../../billing/windows/sliding.js';
import type * as calendar from '../../../billing/windows/calendar.js';
import type * as fences from '../../../billing/holds/fences.js';
import { firstRed } from './firstRed.js';

/** The model checked: with a fault planted in one rule of billing it must turn red. */

const LIMIT_MS = 120_000;

type Altered<Module> = readonly [path: string, alter: (real: never) => Partial<Module>];

/** A module of billing with some of its functions altered. */
function altered<Module>(
  path: string,
  alter: (real: Module) => Partial<Module>,
): Altered<Module> {
  return [`../../../billing/${path}`, alter as (real: never) => Partial<Module>];
}

it('a window begins a moment late', async () => {
  const module = altered<typeof calendar>('windows/calendar', ({ windowBounds }) => ({
    windowBounds: (window, zone, atMs) => windowBounds(window, zone, atMs - 60_000),
  }));
  expect(await firstRed({ module })).toMatch(/^I1|^I3/);
}, LIMIT_MS);

it('a sliding window forgets its oldest bucket too early', async () => {
  const module = altered<typeof sliding>('windows/sliding', ({ WINDOW_LENGTH_MS }) => ({
    slidingCounts: (window, bucket, nowMs) =>
      bucket.startMs > nowMs - WINDOW_LENGTH_MS[window] && bucket.startMs <= nowMs,
  }));
  expect(await firstRed({ module })).toMatch(/^I3|^I14/);
}, LIMIT_MS);

it('money is rounded half to even', async () => {
  const module = altered<typeof decimal>('decimal', ({ roundHalfAway, subtract, compare }) => ({
    roundHalfAway: (text, places) => {
      const up = roundHalfAway(text, places);
      const isTie = places === 0 && compare(subtract(up, text), '0.5') === 0;
      return isTie && Number(up) % 2 === 1 ? subtract(up, '1') : up;
    },
  }));
  expect(await firstRed({ module })).toMatch(/^invoice|^I3|^I14/);
}, LIMIT_MS);

it('a counter is carried over into the next period', async () => {
  const module = altered<typeof buckets>('limits/buckets', ({ countingBuckets }) => ({
    countingBuckets: (windowed, counter, period, nowMs) =>
      windowed.window === 'period'
        ? counter
        : countingBuckets(windowed, counter, period, nowMs),
  }));
  expect(await firstRed({ module })).toMatch(/^I14/);
}, LIMIT_MS);

it('a decision looks at what is used and not at what is held', async () => {
  const module = altered<typeof refusals>('limits/refusals', ({ refusalsOf }) => ({
    refusalsOf: (question) => refusalsOf(question, 'alone'),
  }));
  expect(await firstRed({ module })).toMatch(/^I3/);
}, LIMIT_MS);

it('credits are burned in another order', async () => {
  const module = altered<typeof order>('credits/order', ({ takeFrom }) => ({
    takeFrom: (lots, wanted, usable) => {
      const taking = takeFrom([...lots].reverse(), wanted, usable);
      return { ...taking, lots: [...taking.lots].reverse() };
    },
  }));
  expect(await firstRed({ module })).toMatch(/^credits/);
}, LIMIT_MS);

it('the day of a monthly period drifts after a short month', async () => {
  const module = altered<typeof periods>('period', ({ periodBounds }) => ({
    periodBounds: (anchorMs, interval, n) => {
      if (interval !== 'month' || n < 1) return periodBounds(anchorMs, interval, n);
      let startMs = anchorMs;
      for (let k = 0; k < n; k += 1) startMs = periodBounds(startMs, interval, 0).endMs;
      return periodBounds(startMs, interval, 0);
    },
  }));
  expect(await firstRed({ module })).toMatch(/^I7/);
}, LIMIT_MS);

it('fences of older epochs are not looked at after a rebuild', async () => {
  const module = altered<typeof fences>('holds/fences', ({ foldHoldFence }) => ({
    foldHoldFence: (state, number, id, fence) =>
      fence.type === 'epoch' && id !== state.holds.wanted
        ? state
        : foldHoldFence(state, number, id, fence),
  }));
  expect(await firstRed({ module })).toMatch(/^I5: too early/);
}, LIMIT_MS);
