import type { Price } from '../../../billing/catalogue.js';
import { exactCost, rateMeter } from '../../../billing/rating/rateMeter.js';
import { METERS } from '../contractCatalogue.js';

const meter = METERS.images as (typeof METERS)[string];
const credits = METERS.credits as (typeof METERS)[string];

/** Lines as `ref quantity amountMinor`, with packages where there are any. */
function lines(price: Price, quantity: number): string[] {
  return rateMeter('images', meter, price, quantity).map(
    ({ ref, quantity: units, packages, amountMinor }) =>
      [ref, units, ...(packages === undefined ? [] : [`${packages}p`]), amountMinor].join(' '),
  );
}

describe('lines of one meter', () => {
  const perUnit: Price = { type: 'perUnit', included: 10, unitAmountMinor: '2' };
  const packages: Price = { type: 'package', included: 5, size: 10, packageAmountMinor: '100' };
  const tiers = [
    { upTo: 20, unitAmountMinor: '3', flatAmountMinor: 50 },
    { upTo: 'inf' as const, unitAmountMinor: '1', flatAmountMinor: 7 },
  ];
  const graduated: Price = { type: 'graduated', included: 10, tiers };
  const volume: Price = { type: 'volume', included: 10, tiers };

  it('nothing used: no line at all, flat amounts included', () => {
    for (const price of [perUnit, packages, graduated, volume]) expect(lines(price, 0)).toEqual([]);
  });

  it('per unit: the last included unit is free, the next one costs', () => {
    expect(lines(perUnit, 10)).toEqual(['images/included 10 0']);
    expect(lines(perUnit, 11)).toEqual(['images/included 10 0', 'images 1 2']);
  });

  it('package: only what is beyond the included units fills packages', () => {
    expect(lines(packages, 5)).toEqual(['images/included 5 0']);
    expect(lines(packages, 15)).toEqual(['images/included 5 0', 'images 10 1p 100']);
    expect(lines(packages, 16)).toEqual(['images/included 5 0', 'images 11 2p 200']);
  });

  it('package rounded down: a package that is not full costs nothing and is shown', () => {
    expect(lines({ ...packages, round: 'down' }, 14)).toEqual([
      'images/included 5 0',
      'images 9 0p 0',
    ]);
    expect(lines({ ...packages, round: 'down' }, 15)[1]).toBe('images 10 1p 100');
  });

  it('graduated: last unit of each tier, and the flat amount with the first unit of one', () => {
    expect(lines(graduated, 10)).toEqual(['images/tier-1 10 0']);
    expect(lines(graduated, 11)).toEqual([
      'images/tier-1 10 0',
      'images/tier-2 1 3',
      'images/tier-2/flat 1 50',
    ]);
    expect(lines(graduated, 20).at(1)).toBe('images/tier-2 10 30');
    expect(lines(graduated, 21).slice(3)).toEqual(['images/tier-3 1 1', 'images/tier-3/flat 1 7']);
  });

  it('volume: the units beyond the included ones pick the tier, the last unit of it too', () => {
    expect(lines(volume, 10)).toEqual(['images/included 10 0']);
    expect(lines(volume, 30)).toEqual([
      'images/included 10 0',
      'images/tier-1 20 60',
      'images/tier-1/flat 1 50',
    ]);
    expect(lines(volume, 31)).toEqual([
      'images/included 10 0',
      'images/tier-2 21 21',
      'images/tier-2/flat 1 7',
    ]);
  });

  it('describes tiers by their units, as the contract writes them', () => {
    const price: Price = {
      type: 'graduated',
      included: 1_000_000,
      tiers: [
        { upTo: 5_000_000, unitAmountMinor: '0.0005' },
        { upTo: 'inf', unitAmountMinor: '0.0003' },
      ],
    };
    const rated = rateMeter('tokens', { ...meter, name: 'Tokens' }, price, 5_000_001);
    expect(rated.map((line) => line.description)).toEqual([
      'Tokens: first 1,000,000 included',
      'Tokens: 1,000,001 to 5,000,000',
      'Tokens: 5,000,001 and above',
    ]);
  });

  it('credits: decimal quantities, priced by the credit, exact to the micro-credit', () => {
    const price: Price = { type: 'perUnit', included: 1, unitAmountMinor: '1.2' };
    expect(rateMeter('credits', credits, price, '13.500001')).toMatchObject([
      { ref: 'credits/included', quantity: '1', amountMinor: 0 },
      { ref: 'credits', quantity: '12.500001', unitAmountMinor: '1.2', amountMinor: 15 },
    ]);
    expect(exactCost('credits', credits, price, '13.500001')).toBe('15.0000012');
  });

  it('credits: whole micro-credits rate as the decimal string does', () => {
    const price: Price = {
      type: 'graduated',
      tiers: [
        { upTo: 2, unitAmountMinor: '3' },
        { upTo: 'inf', unitAmountMinor: '0.5' },
      ],
    };
    const asText = rateMeter('credits', credits, price, '2.5');
    const asUnits = rateMeter('credits', credits, price, 2_500_000, { microCredits: true });
    expect(asUnits).toEqual(asText);
    expect(asText.map((line) => line.quantity)).toEqual(['2', '0.5']);
    const ordinary = rateMeter('images', meter, price, 3, { microCredits: true });
    expect(ordinary).toEqual(rateMeter('images', meter, price, 3));
  });

  it.each([1.5, -1, 2 ** 53, Number.NaN, '5'])('refuses the quantity %p', (quantity) => {
    expect(() => rateMeter('images', meter, perUnit, quantity)).toThrow(RangeError);
  });

  it.each(['1.0000001', '-1', '1e3', '', '99999999999999999999', 0.5])(
    'refuses %p credits',
    (quantity) => {
      const price: Price = { type: 'perUnit', unitAmountMinor: '1' };
      expect(() => rateMeter('credits', credits, price, quantity)).toThrow(RangeError);
    },
  );

  it('the greatest quantity keeps its last unit', () => {
    const price: Price = { type: 'package', size: 3, packageAmountMinor: '1' };
    const [line] = rateMeter('images', meter, price, Number.MAX_SAFE_INTEGER);
    expect(line?.packages).toBe(3_002_399_751_580_331);
  });
});
