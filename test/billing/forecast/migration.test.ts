import fc from 'fast-check';
import type { PlanSnapshot } from '../../../billing/catalogue.js';
import { quotaCovering, underTwoPlans } from '../../../billing/forecast/migration.js';
import { METERS, snapshotOf } from './world.js';

describe('the quota covering a share of the customers', () => {
  it('is the nearest rank: of twenty customers 95 % are nineteen', () => {
    const usages = Array.from({ length: 20 }, (_, index) => (20 - index) * 10);
    expect(quotaCovering(95, usages)).toBe(190);
    expect(quotaCovering(96, usages)).toBe(200);
    expect(quotaCovering(100, usages)).toBe(200);
    expect(quotaCovering(1, usages)).toBe(10);
    expect(quotaCovering(5, usages)).toBe(10);
    expect(quotaCovering(6, usages)).toBe(20);
    expect(usages[0]).toBe(200);
  });

  it('orders numbers as numbers', () => {
    expect(quotaCovering(50, [9, 100, 1000])).toBe(100);
  });

  it('is 0 without customers', () => {
    expect(quotaCovering(95, [])).toBe(0);
  });

  it.each([0, 101, 0.5, -1])('refuses %d %%', (percent) => {
    const message = `percent ${percent} is not a whole number from 1 to 100`;
    expect(() => quotaCovering(percent, [1])).toThrow(new RangeError(message));
  });

  it('covers at least that share, and no smaller usage does', () => {
    const usages = fc.array(fc.maxSafeNat(), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), usages, (percent, all) => {
        const quota = quotaCovering(percent, all);
        const coveredBy = (most: number) => all.filter((usage) => usage <= most).length;
        expect(coveredBy(quota) * 100).toBeGreaterThanOrEqual(percent * all.length);
        expect(coveredBy(quota - 1) * 100).toBeLessThan(percent * all.length);
      }),
    );
  });
});

describe('the same usage under two plans', () => {
  const old = snapshotOf({
    baseAmountMinor: 1000,
    prices: { tokens: { type: 'perUnit', unitAmountMinor: '1' } },
  });
  const next = snapshotOf({
    baseAmountMinor: 2000,
    prices: { tokens: { type: 'perUnit', unitAmountMinor: '2', included: 100 } },
  });

  it('is each customer\'s bill under both, and how the bills are spread', () => {
    const usages = [0, 500, 50].map((tokens, index) => {
      return { customer: `c${index}`, usage: { tokens } };
    });
    const { data, percentiles } = underTwoPlans(old, next, usages);
    expect(data).toEqual([
      { customer: 'c0', oldAmountMinor: 1000, newAmountMinor: 2000 },
      { customer: 'c1', oldAmountMinor: 1500, newAmountMinor: 2800 },
      { customer: 'c2', oldAmountMinor: 1050, newAmountMinor: 2000 },
    ]);
    expect(percentiles).toEqual({
      oldAmountMinor: { p50: 1050, p90: 1500, p95: 1500, p99: 1500, max: 1500 },
      newAmountMinor: { p50: 2000, p90: 2800, p95: 2800, p99: 2800, max: 2800 },
      riseMinor: { p50: 1000, p90: 1300, p95: 1300, p99: 1300, max: 1300 },
    });
  });

  it('tells the percentiles apart', () => {
    const usages = Array.from({ length: 100 }, (_, index) => {
      return { customer: `c${index}`, usage: { tokens: index + 1 } };
    });
    const { oldAmountMinor } = underTwoPlans(old, next, usages).percentiles;
    expect(oldAmountMinor).toEqual({ p50: 1050, p90: 1090, p95: 1095, p99: 1099, max: 1100 });
  });

  it('bills no meter that a plan does not know', () => {
    const { tokens: _tokens, ...meters } = METERS;
    const without: PlanSnapshot = { ...snapshotOf({ baseAmountMinor: 7 }), meters };
    const usages = [{ customer: 'c', usage: { tokens: 9, constructor: 3 } }];
    expect(underTwoPlans(old, without, usages).data).toEqual([
      { customer: 'c', oldAmountMinor: 1009, newAmountMinor: 7 },
    ]);
  });

  it('takes each plan\'s own grant off the credits', () => {
    const credits = { type: 'perUnit' as const, unitAmountMinor: '1' };
    const granting = (amount: string) =>
      snapshotOf({ creditGrant: { amount }, prices: { credits } });
    const usages = ['12.5', '10', '9.5'].map((used) => {
      return { customer: used, usage: { credits: used } };
    });
    const rated = underTwoPlans(granting('10'), snapshotOf({ prices: { credits } }), usages);
    expect(rated.data).toEqual([
      { customer: '12.5', oldAmountMinor: 3, newAmountMinor: 13 },
      { customer: '10', oldAmountMinor: 0, newAmountMinor: 10 },
      { customer: '9.5', oldAmountMinor: 0, newAmountMinor: 10 },
    ]);
  });

  it('refuses quantities that are not whole', () => {
    expect(() => underTwoPlans(old, next, [{ customer: 'c', usage: { tokens: 0.5 } }])).toThrow(
      'usage.tokens',
    );
  });
});
