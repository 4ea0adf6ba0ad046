import fc from 'fast-check';
import type { PlanSnapshot, Price } from '../../../billing/catalogue.js';
import { billUnder, UsageOfPeriods } from '../../../billing/migration/bills.js';
import type { ComparedPeriod } from '../../../billing/migration/periods.js';
import { DAY_MS } from '../../../billing/period.js';
import { rate } from '../../../billing/rating/rate.js';
import { METERS, NOVEMBER_MS, row, snapshotOf } from '../forecast/world.js';

/** The same usage under two plans. */

const old = snapshotOf({
  baseAmountMinor: 1000,
  prices: { tokens: { type: 'perUnit', unitAmountMinor: '1' } },
});
const next = snapshotOf({
  baseAmountMinor: 2000,
  prices: { tokens: { type: 'perUnit', unitAmountMinor: '2', included: 100 } },
});

const PERIOD_MS = 30 * DAY_MS;

/** Periods of 30 days from November 1; the first takes what is dated earlier. */
function periods(count: number): ComparedPeriod[] {
  return Array.from({ length: count }, (_, index) => {
    const startMs = NOVEMBER_MS + index * PERIOD_MS;
    const usageFromMs = index === 0 ? startMs - DAY_MS : startMs;
    return { startMs, endMs: startMs + PERIOD_MS, usageFromMs };
  });
}

function compared(
  plans: readonly [PlanSnapshot, PlanSnapshot],
  rows: readonly ReturnType<typeof row>[],
  count = 1,
) {
  const usage = new UsageOfPeriods(periods(count), ...plans);
  for (const each of rows) usage.add(each);
  return usage.compared();
}

test('each period is billed by itself: its base, its included units, its lines', () => {
  const rows = [row(NOVEMBER_MS, 150), row(NOVEMBER_MS + PERIOD_MS, 50)];
  expect(compared([old, next], rows, 2)).toMatchObject({
    oldAmountMinor: 1150 + 1050,
    newAmountMinor: 2100 + 2000,
  });
});

test('usage is of the busiest period, meter by meter', () => {
  const rows = [
    row(NOVEMBER_MS, 150),
    row(NOVEMBER_MS + PERIOD_MS, 50),
    row(NOVEMBER_MS + PERIOD_MS, 1, { meter: 'calls' }),
  ];
  const counting = snapshotOf({ unlimited: ['peak'], creditGrant: { amount: '10' } });
  const { units } = compared([old, counting], rows, 2);
  expect(units).toEqual({ tokens: 150, peak: 0, credits: 75_000_000 });
});

test('a row counts in the period of its minute, and outside of all in none', () => {
  const within = (atMs: number) => compared([old, old], [row(atMs, 7)], 2).units['tokens'];
  const endMs = NOVEMBER_MS + 2 * PERIOD_MS;
  expect([within(endMs - 60_000), within(endMs)]).toEqual([7, 0]);
  expect([within(NOVEMBER_MS - DAY_MS), within(NOVEMBER_MS - DAY_MS - 60_000)]).toEqual([7, 0]);
});

test('without a period nothing is billed', () => {
  const none = { oldAmountMinor: 0, newAmountMinor: 0, units: {} };
  expect(compared([old, next], [row(NOVEMBER_MS, 5)], 0)).toEqual(none);
});

test('each plan counts by its own meters', () => {
  const large: Price = { type: 'perUnit', unitAmountMinor: '10' };
  const { large: _large, ...fewer } = METERS;
  const plain = snapshotOf({ prices: { tokens: { ...large, unitAmountMinor: '1' } } }, fewer);
  const other = snapshotOf({ prices: { large } });
  const rows = [row(NOVEMBER_MS, 8, { properties: { size: 'l' } }), row(NOVEMBER_MS, 5)];
  expect(compared([plain, other], rows)).toMatchObject({
    oldAmountMinor: 13,
    newAmountMinor: 80,
    units: { tokens: 13, large: 8 },
  });
  expect(compared([other, plain], rows)).toMatchObject({ oldAmountMinor: 80, newAmountMinor: 13 });
});

const PRICES: readonly Price[] = [
  { type: 'perUnit', unitAmountMinor: '0.123456789012', included: 40 },
  { type: 'package', size: 7, packageAmountMinor: '3.5' },
  { type: 'volume', tiers: [
    { upTo: 60, unitAmountMinor: '1.5', flatAmountMinor: 9 },
    { upTo: 'inf', unitAmountMinor: '0.4' },
  ] },
  { type: 'graduated', included: 10, tiers: [
    { upTo: 90, unitAmountMinor: '0.333' },
    { upTo: 'inf', unitAmountMinor: '0.05', flatAmountMinor: 4 },
  ] },
];

const anyPlan = fc
  .record({
    baseAmountMinor: fc.nat(5000),
    tokens: fc.constantFrom(...PRICES),
    peak: fc.constantFrom(...PRICES),
  })
  .map(({ baseAmountMinor, ...prices }) => snapshotOf({ baseAmountMinor, prices }));
const anyRows = fc.array(
  fc
    .record({
      atMs: fc.integer({ min: NOVEMBER_MS, max: NOVEMBER_MS + 3 * PERIOD_MS - 1 }),
      quantity: fc.nat(300),
      meter: fc.constantFrom('tokens', 'peak', 'calls'),
    })
    .map(({ atMs, quantity, meter }) => row(atMs, quantity, { meter })),
  { maxLength: 40 },
);

test('the same plan on both sides bills the same', () => {
  fc.assert(
    fc.property(anyPlan, anyRows, (plan, rows) => {
      const { oldAmountMinor, newAmountMinor } = compared([plan, plan], rows, 3);
      expect(newAmountMinor).toBe(oldAmountMinor);
    }),
    { seed: jest.getSeed() },
  );
});

test('the bills are the sums of what the periods cost, rated one by one', () => {
  fc.assert(
    fc.property(anyPlan, anyPlan, anyRows, (a, b, rows) => {
      const found = compared([a, b], rows, 3);
      const costs = (plan: PlanSnapshot) =>
        periods(3).reduce((sum, { startMs, endMs }) => {
          const within = rows.filter(({ bucket }) => {
            return bucket * 1000 >= startMs && bucket * 1000 < endMs;
          });
          const of = (meter: string) =>
            within.filter((each) => each.meter === meter).map(({ quantity }) => quantity);
          const tokens = of('tokens').reduce((all, each) => all + each, 0);
          return sum + rate(plan, { tokens, peak: Math.max(0, ...of('peak')) }).subtotalMinor;
        }, 0);
      expect([found.oldAmountMinor, found.newAmountMinor]).toEqual([costs(a), costs(b)]);
    }),
    { seed: jest.getSeed() },
  );
});

describe('one bill', () => {
  it('has no meter that a plan does not know', () => {
    const { tokens: _tokens, ...meters } = METERS;
    const without: PlanSnapshot = { ...snapshotOf({ baseAmountMinor: 7 }), meters };
    expect(billUnder(without, { tokens: 9, constructor: 3 })).toBe(7);
  });

  it("takes the plan's own grant off the credits", () => {
    const credits: Price = { type: 'perUnit', unitAmountMinor: '1' };
    const granting = snapshotOf({ creditGrant: { amount: '10' }, prices: { credits } });
    const bills = ['12.5', '10', '9.5'].map((used) => billUnder(granting, { credits: used }));
    expect(bills).toEqual([3, 0, 0]);
    expect(billUnder(snapshotOf({ prices: { credits } }), { credits: '12.5' })).toBe(13);
  });

  it('of quantities that are not whole is refused', () => {
    expect(() => billUnder(old, { tokens: 0.5 })).toThrow('usage.tokens');
  });

  it('beyond 2^53-1 in all is refused', () => {
    const dear = snapshotOf({ baseAmountMinor: Number.MAX_SAFE_INTEGER });
    const beyond = /^a sum beyond 2\^53-1: \d{17}$/;
    expect(() => compared([old, dear], [], 2)).toThrow(beyond);
    expect(() => compared([dear, old], [], 2)).toThrow(beyond);
    expect(() => compared([dear, old], [], 2)).toThrow(RangeError);
  });
});
