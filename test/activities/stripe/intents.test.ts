import fc from 'fast-check';
import {
  freeMinute,
  identifierOf,
  isTooOld,
  openMinutes,
  wholeMinutes,
} from '../../../activities/stripe/intents.js';
import type { SegmentAtStripe } from '../../../activities/contract.js';
import type { StripeLink } from '../../../billing/command.js';

const DAY_SECONDS = 86_400;

function segmentFrom(startSeconds: number, days: number): SegmentAtStripe {
  const endSeconds = startSeconds + days * DAY_SECONDS;
  return {
    index: 3,
    startMs: Math.floor(startSeconds / 60) * 60_000,
    endMs: Math.floor(endSeconds / 60) * 60_000,
    startSeconds,
    endSeconds,
  };
}

const anySegment = fc
  .tuple(fc.integer({ min: 1_700_000_000, max: 1_800_000_000 }), fc.integer({ min: 1, max: 366 }))
  .map(([start, days]) => segmentFrom(start, days));

describe('the stamp of a report', () => {
  it('is a whole minute of its segment that Stripe takes now and nobody else has', () => {
    const input = fc.record({
      segment: anySegment,
      nowIn: fc.integer({ min: -60, max: 60 * DAY_SECONDS }),
      newestIn: fc.integer({ min: -600, max: 60 * DAY_SECONDS }),
      taken: fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 8 }),
    });
    fc.assert(
      fc.property(input, ({ segment, nowIn, newestIn, taken }) => {
        const nowSeconds = segment.startSeconds + nowIn;
        const newest = Math.floor((segment.startSeconds + newestIn) / 60) * 60;
        const others = new Set(taken.map((minutes) => newest + minutes * 60));
        const stamp = freeMinute(newest, openMinutes(segment, nowSeconds * 1000), others);
        if (stamp === null) return;
        expect(stamp % 60).toBe(0);
        expect(stamp).toBeGreaterThanOrEqual(segment.startSeconds);
        expect(stamp + 60).toBeLessThanOrEqual(segment.endSeconds);
        expect(stamp).toBeGreaterThan(nowSeconds - 35 * DAY_SECONDS);
        expect(stamp).toBeLessThanOrEqual(nowSeconds + 5 * 60);
        expect(others.has(stamp)).toBe(false);
      }),
    );
  });

  const minutes = { fromSeconds: 600, toSeconds: 1200 };

  it('is the minute of the newest usage, or the nearest one before that is free', () => {
    expect(freeMinute(905, minutes, new Set())).toBe(900);
    expect(freeMinute(905, minutes, new Set([900, 840]))).toBe(780);
  });

  it('is a later one only when all before are taken', () => {
    expect(freeMinute(660, minutes, new Set([600, 660]))).toBe(720);
  });

  it('is none when every minute is taken', () => {
    const all = Array.from({ length: 10 }, (_, index) => 600 + index * 60);
    expect(freeMinute(660, minutes, new Set(all))).toBeNull();
  });

  it('is inside the segment when the newest usage is not', () => {
    expect(freeMinute(60, minutes, new Set())).toBe(600);
    expect(freeMinute(6000, minutes, new Set())).toBe(1140);
  });
});

describe('the minutes of a segment', () => {
  it('lie wholly inside Stripe’s bounds to the second', () => {
    const segment = segmentFrom(1_750_000_030, 1);
    expect(wholeMinutes(segment)).toEqual({
      fromSeconds: 1_750_000_080,
      toSeconds: 1_750_086_420,
    });
  });

  it('are too old for Stripe 34 days after the last of them', () => {
    const segment = segmentFrom(1_750_000_020, 1);
    const lastSeconds = segment.endSeconds - 60;
    expect(isTooOld(segment, (lastSeconds + 34 * DAY_SECONDS) * 1000)).toBe(false);
    expect(isTooOld(segment, (lastSeconds + 34 * DAY_SECONDS + 1) * 1000)).toBe(true);
  });
});

describe('the identifier of a report', () => {
  const key = { mode: 'test', customer: 'acme', life: 1 } as const;
  const stripe = { customer: 'cus_1', subscription: 'sub_1' } as StripeLink;
  const segment = segmentFrom(1_750_000_030, 30);

  it('has the shape that Stripe and people know it by', () => {
    const id = identifierOf({ key, stripe }, segment, 'tokens', 12);
    expect(id).toMatch(/^dbl_[0-9a-f]{40}_12$/);
    expect(identifierOf({ key, stripe }, segment, 'tokens', 12)).toBe(id);
  });

  it('differs wherever its content differs: a day that two periods share is two reports', () => {
    const next = { ...segmentFrom(segment.endSeconds, 30), index: 4 };
    const ids = [
      identifierOf({ key, stripe }, segment, 'tokens', 1),
      identifierOf({ key, stripe }, segment, 'images', 1),
      identifierOf({ key, stripe }, next, 'tokens', 1),
      identifierOf({ key, stripe }, { ...segment, index: 4 }, 'tokens', 1),
      identifierOf({ key, stripe: { ...stripe, customer: 'cus_2' } }, segment, 'tokens', 1),
      identifierOf({ key, stripe: { ...stripe, subscription: 'sub_2' } }, segment, 'tokens', 1),
      identifierOf({ key: { ...key, mode: 'live' }, stripe }, segment, 'tokens', 1),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});
