import fc from 'fast-check';
import { percentilesOf, quotaCovering, RANKS } from '../../../billing/migration/percentiles.js';

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
      { seed: jest.getSeed() },
    );
  });
});

describe('all ranks at once', () => {
  it('are told apart', () => {
    const numbers = Array.from({ length: 100 }, (_, index) => 100 - index);
    const ranks = { p50: 50, p75: 75, p90: 90, p95: 95, p99: 99, max: 100 };
    expect(percentilesOf(numbers)).toEqual(ranks);
  });

  it('are 0 without numbers', () => {
    expect(percentilesOf([])).toEqual({ p50: 0, p75: 0, p90: 0, p95: 0, p99: 0, max: 0 });
  });

  it('are what counting finds, negative numbers too', () => {
    const rises = fc.array(fc.integer(), { minLength: 1, maxLength: 250 });
    fc.assert(
      fc.property(rises, (all) => {
        const found = percentilesOf(all);
        const names = [...RANKS.map((rank) => [rank, `p${rank}`] as const), [100, 'max'] as const];
        for (const [percent, name] of names) {
          const covers = (most: number) =>
            all.filter((each) => each <= most).length * 100 >= percent * all.length;
          const naive = Math.min(...all.filter(covers));
          expect(found[name]).toBe(naive);
        }
      }),
      { seed: jest.getSeed() },
    );
  });
});
