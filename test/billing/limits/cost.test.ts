import fc from 'fast-check';
import type { Meter, Plan, Price, Tier } from '../../../billing/catalogue.js';
import { compare, fromWhole } from '../../../billing/decimal.js';
import { costOf, highestCostOf } from '../../../billing/limits/cost.js';
import { type PricedRule, rulebookOf } from '../../../billing/limits/rulebook.js';
import { rateMeter } from '../../../billing/rating/rateMeter.js';
import { METERS } from '../contractCatalogue.js';
import { planOf } from './limited.js';

function priced(price: Price, id = 'images', meters: Record<string, Meter> = METERS): PricedRule {
  const prices: Plan['prices'] = { [id]: price };
  return rulebookOf(planOf([], { prices }, meters)).prices[0] as PricedRule;
}

/** Falls at 11 units from 10.00 to 5.50, rises to 10 again at 20, falls at 21. */
const FALLING: Price = {
  type: 'volume',
  tiers: [
    { upTo: 10, unitAmountMinor: '1' },
    { upTo: 20, unitAmountMinor: '0.5' },
    { upTo: 'inf', unitAmountMinor: '0.01' },
  ],
};

describe('the highest cost of any quantity up to one', () => {
  it('stays at the end of a volume tier where the price falls', () => {
    const rule = priced(FALLING);
    const highest = [9, 10, 11, 20, 21, 2000].map((units) => highestCostOf(rule, units, 'exact'));
    expect(highest).toEqual(['9', '10', '10', '10', '10', '20']);
    expect(costOf(rule, 21, 'exact')).toBe('0.21');
  });

  it('counts tiers of volume prices behind what is included', () => {
    const rule = priced({ ...FALLING, included: 5 });
    expect(highestCostOf(rule, 16, 'exact')).toBe('10');
    expect(highestCostOf(rule, 16, 'exact', 'bare')).toBe('10');
    expect(highestCostOf(rule, 11, 'exact')).toBe('6');
    expect(highestCostOf(rule, 5, 'exact')).toBe('0');
    expect(highestCostOf(rule, 5, 'exact', 'bare')).toBe('5');
  });

  it('counts credits in micro-credits', () => {
    const rule = priced(FALLING, 'credits');
    expect(highestCostOf(rule, 9_500_000, 'exact')).toBe('9.5');
    expect(highestCostOf(rule, 11_000_000, 'exact')).toBe('10');
  });

  it('rounds line by line as an invoice does', () => {
    const rule = priced({ type: 'perUnit', unitAmountMinor: '0.4' });
    expect([1, 2].map((units) => costOf(rule, units, 'invoiced'))).toEqual(['0', '1']);
    expect([1, 2].map((units) => costOf(rule, units, 'exact'))).toEqual(['0.4', '0.8']);
  });

  it('rounds line by line up to 2^52, that amount itself included', () => {
    const graduated = (unitAmountMinor: string) =>
      priced({
        type: 'graduated',
        tiers: [
          { upTo: 1, unitAmountMinor: '0.5' },
          { upTo: 'inf', unitAmountMinor },
        ],
      });
    const cost = (amount: string) => costOf(graduated(amount), 2, 'invoiced');
    expect(cost('4503599627370495.5')).toBe('4503599627370497');
    expect(cost('4503599627370495.6')).toBe('4503599627370496.1');
  });

  it('takes absurd quantities without failing', () => {
    const rule = priced({ type: 'perUnit', unitAmountMinor: '1000000' });
    expect(costOf(rule, 2 ** 60, 'invoiced')).toBe('9007199254740991000000');
    expect(costOf(rule, -5, 'exact')).toBe('0');
  });

  const amounts = fc.integer({ min: 0, max: 40 }).map((tenths) => (tenths / 10).toFixed(1));
  const flats = fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined });
  const tiers = fc
    .tuple(
      fc.uniqueArray(fc.integer({ min: 7, max: 60 }), { maxLength: 4 }),
      fc.array(fc.tuple(amounts, flats), { minLength: 5, maxLength: 5 }),
    )
    .map(([ends, costs]): Tier[] => {
      const upTo = [...ends.toSorted((a, b) => a - b), 'inf' as const];
      return upTo.map((end, index) => {
        const [unitAmountMinor, flat] = costs[index] ?? ['0', undefined];
        const tier = { upTo: end, unitAmountMinor };
        return flat === undefined ? tier : { ...tier, flatAmountMinor: flat };
      });
    });
  const included = fc.integer({ min: 0, max: 6 });
  const prices: fc.Arbitrary<Price> = fc.oneof(
    fc.record({ type: fc.constant('perUnit' as const), unitAmountMinor: amounts, included }),
    fc.record({ type: fc.constant('graduated' as const), tiers, included }),
    fc.record({ type: fc.constant('volume' as const), tiers, included }),
    fc.record({
      type: fc.constant('package' as const),
      size: fc.integer({ min: 1, max: 9 }),
      packageAmountMinor: amounts,
      round: fc.constantFrom('up' as const, 'down' as const),
      included,
    }),
  );

  it('equals the greatest of all that are tried one by one', () => {
    fc.assert(
      fc.property(prices, fc.integer({ min: 0, max: 90 }), (price, units) => {
        const rule = priced(price);
        for (const costing of ['exact', 'invoiced'] as const) {
          let greatest = '0';
          for (let quantity = 0; quantity <= units; quantity += 1) {
            const cost = bruteCost(rule, quantity, costing);
            if (compare(cost, greatest) > 0) greatest = cost;
          }
          expect(highestCostOf(rule, units, costing)).toBe(greatest);
        }
      }),
      { numRuns: 150 },
    );
  });
});

function bruteCost(rule: PricedRule, quantity: number, costing: 'exact' | 'invoiced'): string {
  if (costing === 'exact') return costOf(rule, quantity, 'exact');
  const lines = rule.price ? rateMeter(rule.id, rule.meter, rule.price, quantity) : [];
  return fromWhole(lines.reduce((sum, line) => sum + line.amountMinor, 0));
}
