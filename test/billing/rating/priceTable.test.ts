import type { Catalogue, Plan, Price } from '../../../billing/catalogue.js';
import { priceTable } from '../../../billing/rating/priceTable.js';
import { METERS } from '../contractCatalogue.js';

function tableOf(price: Price | null, plan: Partial<Plan> = {}) {
  const prices = price === null ? {} : { prices: { images: price } };
  const whole: Plan = { name: 'P', interval: 'month', ...prices, ...plan };
  const catalogue: Catalogue = { currency: 'usd', meters: METERS, plans: { pro: whole } };
  return priceTable(catalogue).map(({ plan: name, price: ref, units, amountsMinor }) =>
    [name, ref, units, ...amountsMinor.map((amount) => amount ?? '-')].join(' | '),
  );
}

describe('the table of prices', () => {
  it('shows the base once, and nothing for a plan without one', () => {
    expect(tableOf(null, { baseAmountMinor: 2900, version: 3, interval: 'year' })).toEqual([
      'pro@3 | base | each year | 2900 | - | -',
    ]);
    expect(tableOf(null)).toEqual([]);
    expect(tableOf(null, { baseAmountMinor: 0 })).toEqual([]);
  });

  it('a unit, a thousand and a million of a unit price', () => {
    const price: Price = { type: 'perUnit', unitAmountMinor: '0.0005', included: 1_500 };
    expect(tableOf(price)).toEqual([
      'pro@1 | images/included | first 1,500 included | 0 | 0 | 0',
      'pro@1 | images | each | 0.0005 | 0.5 | 500',
    ]);
  });

  it('packages, rounded as the price says', () => {
    const price: Price = { type: 'package', size: 1_500, packageAmountMinor: '10' };
    expect(tableOf(price)).toEqual(['pro@1 | images | packages of 1,500 | 10 | 10 | 6670']);
    expect(tableOf({ ...price, round: 'down', included: 2 })).toEqual([
      'pro@1 | images/included | first 2 included | 0 | 0 | 0',
      'pro@1 | images | packages of 1,500 | 0 | 0 | 6660',
    ]);
  });

  const tiers = [
    { upTo: 1_000, unitAmountMinor: '2' },
    { upTo: 5_000, unitAmountMinor: '1', flatAmountMinor: 70 },
    { upTo: 'inf' as const, unitAmountMinor: '0.5' },
  ];

  it('each tier of a graduated price; included units are the first', () => {
    expect(tableOf({ type: 'graduated', included: 500, tiers })).toEqual([
      'pro@1 | images/tier-1 | first 500 included | 0 | 0 | 0',
      'pro@1 | images/tier-2 | 501 to 1,000 | 2 | 2000 | 2000000',
      'pro@1 | images/tier-3 | 1,001 to 5,000 | 1 | 1000 | 1000000',
      'pro@1 | images/tier-3/flat | once | 70 | - | -',
      'pro@1 | images/tier-4 | 5,001 and above | 0.5 | 500 | 500000',
    ]);
    expect(tableOf({ type: 'graduated', tiers })[0]).toBe(
      'pro@1 | images/tier-1 | first 1,000 | 2 | 2000 | 2000000',
    );
  });

  it('each tier of a volume price, the included units before them', () => {
    expect(tableOf({ type: 'volume', included: 500, tiers })).toEqual([
      'pro@1 | images/included | first 500 included | 0 | 0 | 0',
      'pro@1 | images/tier-1 | first 1,000 | 2 | 2000 | 2000000',
      'pro@1 | images/tier-2 | 1,001 to 5,000 | 1 | 1000 | 1000000',
      'pro@1 | images/tier-2/flat | once | 70 | - | -',
      'pro@1 | images/tier-3 | 5,001 and above | 0.5 | 500 | 500000',
    ]);
  });

  it('a single tier is for all units', () => {
    const all = [{ upTo: 'inf' as const, unitAmountMinor: '3' }];
    expect(tableOf({ type: 'graduated', tiers: all })).toEqual([
      'pro@1 | images/tier-1 | all | 3 | 3000 | 3000000',
    ]);
  });

  it('keeps the order of the file', () => {
    const unit: Price = { type: 'perUnit', unitAmountMinor: '1' };
    const plans = {
      b: { name: 'B', interval: 'month', prices: { tokens: unit, images: unit } },
      a: { name: 'A', interval: 'month', prices: { images: unit } },
    } as const;
    const rows = priceTable({ currency: 'usd', meters: METERS, plans });
    expect(rows.map(({ plan, price }) => `${plan} ${price}`)).toEqual([
      'b@1 tokens',
      'b@1 images',
      'a@1 images',
    ]);
  });
});
