import fc from 'fast-check';
import type { Plan } from '../../../../billing/catalogue.js';
import {
  invoicePreview,
  overIncluded,
  projectedMinor,
  projection,
} from '../../../../billing/customer/reads/projection.js';
import { DAY_MS, MINUTE_MS } from '../../../../billing/period.js';
import type { CustomerState } from '../../../../billing/state.js';
import {
  afterUse,
  customer,
  daily,
  DECEMBER_MS,
  NOVEMBER_MS,
  open,
  row,
  TOKENS_ALONE,
} from '../../forecast/world.js';

const PRO: Partial<Plan> = {
  baseAmountMinor: 2900,
  prices: { tokens: { type: 'perUnit', unitAmountMinor: '0.5', included: 100 } },
};

function at(state: CustomerState, nowMs: number) {
  const { sentence: _sentence, ...amounts } = projection(state, open(state), nowMs);
  return Object.values(amounts);
}

describe('the projection of a period', () => {
  it('goes on at the pace of the last seven days and rates it as an invoice', () => {
    // 10 days of 20: 200 so far, 20 x 20 to come: 600, 100 of them included.
    const used = afterUse(customer(PRO), daily(Array.from({ length: 10 }, () => 20)));
    const now = NOVEMBER_MS + 10 * DAY_MS;
    expect(projection(used, open(used), now)).toEqual({
      accruedAmountMinor: 2950,
      projectedAmountMinor: 3150,
      lowAmountMinor: 3150,
      highAmountMinor: 3150,
      sentence: '$29.50 so far; at this pace about $31.50 by Dec 1.',
    });
    expect(projectedMinor(used, open(used), now)).toBe(3150);
  });

  it('has a low and a high from the slower and the faster days', () => {
    const used = afterUse(customer(PRO), daily([10, 10, 20, 30, 30]));
    // 100 used; 25 days at 20, at 40 / 3 (333) and at 80 / 3 (667) a day.
    expect(at(used, NOVEMBER_MS + 5 * DAY_MS)).toEqual([2900, 3150, 3067, 3234]);
  });

  it('takes today for the part of it that is over', () => {
    const used = afterUse(customer(PRO), daily([100, 100, 100, 50]));
    // 350 units in 3.5 days, 26.5 days left at 100.
    const [, projected] = at(used, NOVEMBER_MS + 3.5 * DAY_MS);
    expect(projected).toBe(4350);
  });

  it('is what has accrued in the last minute of a period, and after it', () => {
    const used = afterUse(customer(PRO), daily(Array.from({ length: 29 }, () => 1000)));
    const accrued = 17_350;
    for (const now of [DECEMBER_MS - 59_999, DECEMBER_MS, DECEMBER_MS + DAY_MS]) {
      expect(at(used, now)).toEqual([accrued, accrued, accrued, accrued]);
    }
    const [, projected] = at(used, DECEMBER_MS - 10 * MINUTE_MS);
    expect(projected).toBeGreaterThan(accrued);
    // Stripe finalised without us: what it did not have is late usage.
    const segments = [{ ...open(used), billed: { tokens: 100 } }];
    expect(at({ ...used, segments }, DECEMBER_MS)).toEqual([2900, 2900, 2900, 2900]);
  });

  it('is what has accrued for a customer who uses nothing', () => {
    expect(at(customer(PRO), NOVEMBER_MS)).toEqual([2900, 2900, 2900, 2900]);
  });

  it('lets `max` and `last` meters stand still', () => {
    const price = { type: 'perUnit' as const, unitAmountMinor: '10' };
    const state = customer({ prices: { peak: price, level: price } });
    const used = afterUse(state, [
      row(NOVEMBER_MS, 4, { meter: 'peak' }),
      row(NOVEMBER_MS, 3, { meter: 'level' }),
    ]);
    expect(at(used, NOVEMBER_MS + DAY_MS)).toEqual([70, 70, 70, 70]);
  });

  it('uses up the credits in the account before any are billed', () => {
    const state = customer({ prices: { credits: { type: 'perUnit', unitAmountMinor: '2' } } });
    const used = afterUse(state, daily([20, 20, 20]));
    const lot = { kind: 'purchase' as const, amount: 0, timestampMs: 0 };
    const now = NOVEMBER_MS + 3 * DAY_MS;
    const credits = {
      ...used.credits,
      uncovered: { 0: 5_000_000 },
      lots: [
        { ...lot, id: 'a', left: 100_000_000, expiresAtMs: null },
        { ...lot, id: 'b', left: 20_000_000, expiresAtMs: now + 1 },
        { ...lot, id: 'c', left: 70_000_000, expiresAtMs: now },
      ],
    };
    // 27 days of 10 credits to come, 120 in the account, 5 billed already, at 2.
    expect(at({ ...used, credits }, now)).toEqual([10, 310, 310, 310]);
    const rich = { ...credits, lots: [{ ...lot, id: 'a', left: 9e14, expiresAtMs: null }] };
    expect(at({ ...used, credits: rich }, now)).toEqual([10, 10, 10, 10]);
    const paid = afterUse(customer(PRO), daily([20, 20, 20]));
    expect(at({ ...paid, credits: rich }, now)).toEqual(at(paid, now));
    expect(at(paid, now)[1]).toBe(3150);
  });

  it('never falls below what has accrued when a volume price falls', () => {
    const tiers = [
      { upTo: 100, unitAmountMinor: '10' },
      { upTo: 'inf' as const, unitAmountMinor: '1' },
    ];
    const used = afterUse(customer({ prices: { tokens: { type: 'volume', tiers } } }), [
      ...daily([30, 30, 30]),
    ]);
    expect(at(used, NOVEMBER_MS + 3 * DAY_MS)).toEqual([900, 900, 900, 900]);
  });

  it('takes an absurd pace for the largest amount there is', () => {
    const price = { type: 'perUnit' as const, unitAmountMinor: '1' };
    const most = Number.MAX_SAFE_INTEGER;
    const used = afterUse(customer({ prices: { tokens: price } }, TOKENS_ALONE), [
      row(NOVEMBER_MS, most),
    ]);
    expect(at(used, NOVEMBER_MS)).toEqual([most, most, most, most]);
    const dear = { ...price, unitAmountMinor: '100' };
    const state = customer({ baseAmountMinor: 1, prices: { tokens: dear } }, TOKENS_ALONE);
    const half = afterUse(state, [row(NOVEMBER_MS, 60_000_000_000_000)]);
    expect(at(half, NOVEMBER_MS)[1]).toBe(most);
  });

  it('is never below what has accrued, nor outside low and high', () => {
    const tiers = [
      { upTo: 500, unitAmountMinor: '7', flatAmountMinor: 100 },
      { upTo: 'inf' as const, unitAmountMinor: '0.3' },
    ];
    const prices: readonly Plan['prices'][] = [
      { tokens: { type: 'perUnit', unitAmountMinor: '0.5', included: 100 } },
      { tokens: { type: 'graduated', tiers } },
      { tokens: { type: 'volume', tiers, included: 300 } },
      { tokens: { type: 'package', size: 7, packageAmountMinor: '33.3' } },
    ];
    const usage = fc.array(fc.nat({ max: 300 }), { maxLength: 30 });
    const time = fc.integer({ min: 0, max: 31 * 1440 });
    fc.assert(
      fc.property(fc.constantFrom(...prices), usage, time, (price, units, minutes) => {
        const used = afterUse(customer({ baseAmountMinor: 10, prices: price }), daily(units));
        const amounts = at(used, NOVEMBER_MS + minutes * MINUTE_MS);
        const [accrued = 0, projected = 0, low = 0, high = 0] = amounts;
        expect([accrued, low, projected, high]).toEqual(
          [accrued, low, projected, high].sort((a, b) => a - b),
        );
        expect(amounts.every(Number.isSafeInteger)).toBe(true);
      }),
    );
  });
});

describe('units beyond what is included', () => {
  it('are counted so far, for prices that include any', () => {
    const prices: Plan['prices'] = {
      tokens: { type: 'perUnit', unitAmountMinor: '1', included: 100 },
      calls: { type: 'perUnit', unitAmountMinor: '1', included: 5 },
      peak: { type: 'perUnit', unitAmountMinor: '1' },
    };
    const used = afterUse(customer({ prices }), daily([60, 60]));
    expect(overIncluded(used, open(used))).toEqual({ tokens: 20, calls: 0 });
  });

  it('of credits are a decimal string', () => {
    const prices: Plan['prices'] = {
      credits: { type: 'perUnit', unitAmountMinor: '1', included: 3 },
    };
    const state = customer({ prices });
    const credits = { ...state.credits, uncovered: { 0: 4_500_000 } };
    expect(overIncluded({ ...state, credits }, open(state))).toEqual({ credits: '1.5' });
  });
});

describe('the preview of an invoice', () => {
  it('is the invoice to come as a draft, and where the period stands', () => {
    const used = afterUse(customer(PRO), daily(Array.from({ length: 10 }, () => 20)));
    const { next, period } = invoicePreview(used, NOVEMBER_MS + 10 * DAY_MS);
    expect(next).toMatchObject({ customer: 'acme', currency: 'usd', reason: 'cycle' });
    expect(next).toMatchObject({ status: 'draft', plan: { id: 'plan', version: 1 } });
    expect(next.lines.map((line) => line.ref)).toEqual(['tokens/included', 'tokens', 'base']);
    expect(next.subtotalMinor).toBe(2950);
    expect(period).toEqual({
      ...projection(used, open(used), NOVEMBER_MS + 10 * DAY_MS),
      overIncluded: { tokens: 100 },
    });
  });
});
