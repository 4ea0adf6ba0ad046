import type { Price } from '../../../billing/catalogue.js';
import { rate } from '../../../billing/rating/rate.js';
import { METERS, snapshot } from '../contractCatalogue.js';

/** Figures of Stripe's own documentation and fixtures, and others computed by the same rules. */

const unitsOfThree = [
  { upTo: 5, unitAmountMinor: '700' },
  { upTo: 10, unitAmountMinor: '650' },
  { upTo: 'inf' as const, unitAmountMinor: '600' },
];

function cost(price: Price, quantity: number, baseAmountMinor?: number): number {
  const prices = { images: price };
  const plan = { name: 'P', interval: 'month', baseAmountMinor, prices } as const;
  return rate(snapshot(plan, METERS), { images: quantity }).subtotalMinor;
}

function freeUpTo(upTo: number, unitAmountMinor: string): Price {
  return {
    type: 'graduated',
    tiers: [
      { upTo, unitAmountMinor: '0' },
      { upTo: 'inf', unitAmountMinor },
    ],
  };
}

describe('amounts that Stripe documents', () => {
  it('V1: 30 units at 0.05 are 1.5 cents, billed as 2', () => {
    expect(cost({ type: 'perUnit', unitAmountMinor: '0.05' }, 30)).toBe(2);
  });

  it.each([
    [1, 700],
    [5, 3500],
    [6, 3900],
    [20, 12_000],
    [25, 15_000],
  ])('V2: volume prices all of %d units at one tier: %d', (quantity, total) => {
    expect(cost({ type: 'volume', tiers: unitsOfThree }, quantity)).toBe(total);
  });

  it.each([
    [5, 3500],
    [6, 4150],
  ])('V3: graduated prices each of %d units at its own tier: %d', (quantity, total) => {
    expect(cost({ type: 'graduated', tiers: unitsOfThree }, quantity)).toBe(total);
  });

  it('V4: a base of 20000 and 150,000 units beyond the free ones at 0.1', () => {
    expect(cost(freeUpTo(100_000, '0.1'), 250_000, 20_000)).toBe(35_000);
  });

  it('V5: 100 units at 10 and 50 at 5', () => {
    const price: Price = {
      type: 'graduated',
      tiers: [
        { upTo: 100, unitAmountMinor: '10' },
        { upTo: 'inf', unitAmountMinor: '5' },
      ],
    };
    expect(cost(price, 150)).toBe(1250);
  });

  it('V6: a volume total falls when the cheaper tier is reached', () => {
    const price: Price = {
      type: 'volume',
      tiers: [
        { upTo: 10_000, unitAmountMinor: '50' },
        { upTo: 'inf', unitAmountMinor: '40' },
      ],
    };
    expect(cost(price, 10_000)).toBe(500_000);
    expect(cost(price, 10_001)).toBe(400_040);
  });

  it('V7: 150 minutes sold by the hour are three hours', () => {
    expect(cost({ type: 'package', size: 60, packageAmountMinor: '1000' }, 150)).toBe(3000);
  });

  it.each([
    [1_000_000, 0],
    [1_000_999, 0],
    [1_001_001, 1],
    [2_999_000, 1000],
  ])('V8, V9: %d units, the first million free, then 0.0005: %d', (quantity, total) => {
    expect(cost(freeUpTo(1_000_000, '0.0005'), quantity)).toBe(total);
  });
});
