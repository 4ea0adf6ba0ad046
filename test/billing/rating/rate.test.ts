import { rate, rateExact, UsageFaultsError } from '../../../billing/rating/rate.js';
import { reportable } from '../../../billing/rating/reportable.js';
import { CATALOGUE, firstPublication, PRO } from '../contractCatalogue.js';

const snapshots = firstPublication(CATALOGUE).snapshots;
const pro = snapshots['pro@1'] as (typeof snapshots)[string];
const free = snapshots['free@1'] as (typeof snapshots)[string];
const prepaid = snapshots['prepaid@1'] as (typeof snapshots)[string];

function faultsOf(run: () => unknown): readonly { path: string; value: unknown }[] {
  try {
    run();
  } catch (error) {
    if (error instanceof UsageFaultsError) {
      return error.faults.map(({ path, value }) => ({ path, value }));
    }
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('a period', () => {
  it('is the usage lines in the order of the plan, then the base, as in the contract', () => {
    expect(rate(pro, { tokens: 2_345_678 })).toEqual({
      currency: 'usd',
      lines: [
        {
          ref: 'tokens/tier-1',
          meter: 'tokens',
          description: 'Tokens: first 1,000,000 included',
          quantity: 1_000_000,
          unitAmountMinor: '0',
          amountMinor: 0,
        },
        {
          ref: 'tokens/tier-2',
          meter: 'tokens',
          description: 'Tokens: 1,000,001 to 5,000,000',
          quantity: 1_345_678,
          unitAmountMinor: '0.0005',
          amountMinor: 673,
        },
        {
          ref: 'base',
          description: 'Pro',
          quantity: 1,
          unitAmountMinor: '2900',
          amountMinor: 2900,
        },
      ],
      subtotalMinor: 3573,
    });
  });

  it('without usage costs the base alone; a plan without a base or price nothing', () => {
    expect(rate(pro, {}).lines.map((line) => line.ref)).toEqual(['base']);
    expect(rate(pro, { tokens: 0, images: 0 }).subtotalMinor).toBe(2900);
    expect(rate(free, { tokens: 10 })).toEqual({ currency: 'usd', lines: [], subtotalMinor: 0 });
  });

  it('the order of the usage does not matter', () => {
    const a = rate(pro, { tokens: 6_000_000, images: 11 });
    const b = rate(pro, { images: 11, tokens: 6_000_000 });
    expect(a).toEqual(b);
    expect(a.subtotalMinor).toBe(2000 + 300 + 200 + 2900);
  });

  it('a meter without a price costs nothing; all faults of usage are refused at once', () => {
    expect(rate(pro, { requests: 12, input_tokens: 5 }).subtotalMinor).toBe(2900);
    const usage = { tokens: 1.5, imagse: 3, images: -1, constructor: 1, requests: 2 ** 53 };
    expect(faultsOf(() => rate(pro, usage))).toEqual([
      { path: 'usage.tokens', value: 1.5 },
      { path: 'usage.imagse', value: 3 },
      { path: 'usage.images', value: -1 },
      { path: 'usage.constructor', value: 1 },
      { path: 'usage.requests', value: 2 ** 53 },
    ]);
  });

  it('credits are decimal strings; numbers with a fraction were never exact', () => {
    expect(rate(prepaid, { credits: '12.5' }).subtotalMinor).toBe(1015);
    expect(faultsOf(() => rate(prepaid, { credits: 12.5 }))).toHaveLength(1);
    expect(faultsOf(() => rate(prepaid, { credits: '12.5000001' }))).toHaveLength(1);
    expect(faultsOf(() => rate(pro, { tokens: '12' }))).toHaveLength(1);
  });

  it('exact: the usage alone, nothing rounded', () => {
    expect(rateExact(pro, { tokens: 2_345_678, images: 1 })).toBe('772.839');
    expect(rateExact(pro, {})).toBe('0');
  });

  it('a total beyond exact numbers is refused, not rounded', () => {
    const prices = { images: { type: 'perUnit', unitAmountMinor: '1000' } } as const;
    const dear = { ...pro, plan: { ...PRO, prices } };
    expect(() => rate(dear, { images: Number.MAX_SAFE_INTEGER })).toThrow(RangeError);
  });
});

describe('what Stripe is told', () => {
  const tiers = [{ upTo: 'inf' as const, unitAmountMinor: '1' }];
  it('is what is beyond the included units of volume and package prices, else everything', () => {
    expect(reportable('images', { type: 'volume', included: 10, tiers }, 12)).toBe(2);
    expect(reportable('images', { type: 'volume', included: 10, tiers }, 9)).toBe(0);
    const packages = { type: 'package', size: 3, packageAmountMinor: '1' } as const;
    expect(reportable('images', { ...packages, included: 10 }, 12)).toBe(2);
    expect(reportable('images', packages, 12)).toBe(12);
    expect(reportable('images', { type: 'graduated', included: 10, tiers }, 12)).toBe(12);
    const perUnit = { type: 'perUnit', included: 10, unitAmountMinor: '1' } as const;
    expect(reportable('images', perUnit, 12)).toBe(12);
  });

  it('counts micro-credits for credits', () => {
    expect(reportable('credits', { type: 'volume', included: 10, tiers }, 12_500_000)).toBe(
      2_500_000,
    );
  });
});
