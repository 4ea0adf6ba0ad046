import fc from 'fast-check';
import { totalsOf, usagePercentiles } from '../../../billing/migration/totals.js';

/** All customers of a migration together. */

const bill = (oldAmountMinor: number, newAmountMinor: number) => {
  return { oldAmountMinor, newAmountMinor };
};

test('who pays more, who pays less, and all together', () => {
  const totals = totalsOf([bill(1000, 2000), bill(1500, 1400), bill(0, 0), bill(10, 30)]);
  expect(totals).toMatchObject({
    customers: 4,
    oldAmountMinor: 2510,
    newAmountMinor: 3430,
    up: { customers: 2, amountMinor: 1020 },
    down: { customers: 1, amountMinor: 100 },
    percentiles: {
      oldAmountMinor: { p50: 10, p75: 1000, max: 1500 },
      newAmountMinor: { p50: 30, p75: 1400, max: 2000 },
      riseMinor: { p50: 0, p75: 20, max: 1000 },
    },
  });
});

test('nothing is lost on the way: new = old + what rises - what falls', () => {
  const bills = fc.array(fc.tuple(fc.nat(1e9), fc.nat(1e9)), { maxLength: 50 });
  fc.assert(
    fc.property(bills, (all) => {
      const totals = totalsOf(all.map(([a, b]) => bill(a, b)));
      const { oldAmountMinor, newAmountMinor, up, down } = totals;
      expect(newAmountMinor).toBe(oldAmountMinor + up.amountMinor - down.amountMinor);
      expect(oldAmountMinor).toBe(all.reduce((sum, [a]) => sum + a, 0));
      expect(up.customers + down.customers).toBe(all.filter(([a, b]) => a !== b).length);
    }),
    { seed: jest.getSeed() },
  );
});

test('a sum beyond the exact range is refused, and named', () => {
  const sum = () => totalsOf([bill(Number.MAX_SAFE_INTEGER, 0), bill(1, 0)]);
  expect(sum).toThrow(RangeError);
  expect(sum).toThrow('a sum beyond 2^53-1: 9007199254740992');
});

test('who used nothing of a meter counts as 0', () => {
  const spread = usagePercentiles([{ tokens: 10 }, { tokens: 20, images: 3 }, {}]);
  expect(spread).toMatchObject({
    tokens: { p50: 10, p75: 20, max: 20 },
    images: { p50: 0, p75: 3, max: 3 },
  });
});
