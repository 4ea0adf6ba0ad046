import fc from 'fast-check';
import type { GraduatedPrice, Price, Tier } from '../../../billing/catalogue.js';
import { add, compare } from '../../../billing/decimal.js';
import { exactCost, rateMeter } from '../../../billing/rating/rateMeter.js';
import { reportable } from '../../../billing/rating/reportable.js';
import { METERS } from '../contractCatalogue.js';

const meter = METERS.images as (typeof METERS)[string];

/** Amounts of up to 12 decimals as text. */
const amounts = fc
  .tuple(fc.nat({ max: 9999 }), fc.nat({ max: 12 }))
  .map(([digits, places]) => decimal(BigInt(digits), places));

const included = fc.option(fc.nat({ max: 500 }), { nil: undefined });

const tiers = fc
  .array(fc.record({ step: fc.integer({ min: 1, max: 500 }), amount: amounts, flat: flats() }), {
    maxLength: 4,
  })
  .chain((steps) => fc.tuple(fc.constant(steps), amounts, flats(), included))
  .map(([steps, lastAmount, lastFlat, free]) => {
    let upTo = free ?? 0;
    const closed = steps.map(({ step, amount, flat }): Tier => {
      upTo += step;
      return { upTo, unitAmountMinor: amount, flatAmountMinor: flat };
    });
    const last: Tier = { upTo: 'inf', unitAmountMinor: lastAmount, flatAmountMinor: lastFlat };
    return { tiers: [...closed, last], included: free };
  });

const graduated: fc.Arbitrary<GraduatedPrice> = tiers.map((parts) => ({
  type: 'graduated',
  ...parts,
}));

const prices: fc.Arbitrary<Price> = fc.oneof(
  graduated,
  tiers.map((parts): Price => ({ type: 'volume', ...parts })),
  fc.record({ type: fc.constant('perUnit' as const), unitAmountMinor: amounts, included }),
  fc.record({
    type: fc.constant('package' as const),
    size: fc.integer({ min: 1, max: 300 }),
    packageAmountMinor: amounts,
    round: fc.constantFrom('up' as const, 'down' as const),
    included,
  }),
);

/** Up to where the dearest amount (9,999) is still an exact number. */
const quantities = fc.oneof(fc.nat({ max: 3000 }), fc.integer({ min: 0, max: 900_000_000_000 }));

function flats() {
  return fc.option(fc.nat({ max: 900 }), { nil: undefined });
}

describe('any price and any quantity', () => {
  it('the quantities of the lines add up to the quantity, flat lines aside', () => {
    fc.assert(
      fc.property(prices, quantities, (price, quantity) => {
        const lines = rateMeter('images', meter, price, quantity);
        const units = lines.filter((line) => !line.ref.endsWith('/flat'));
        const sum = units.reduce((total, line) => total + BigInt(line.quantity), 0n);
        expect(sum).toBe(BigInt(quantity));
        expect(new Set(lines.map((line) => line.ref)).size).toBe(lines.length);
      }),
    );
  });

  it('each line is its own quantity times its own unit amount, rounded half away from zero', () => {
    fc.assert(
      fc.property(prices, quantities, (price, quantity) => {
        for (const line of rateMeter('images', meter, price, quantity)) {
          const times = line.packages ?? Number(line.quantity);
          expect(BigInt(line.amountMinor)).toBe(rounded(BigInt(times), line.unitAmountMinor));
        }
      }),
    );
  });

  it('the rounded total is within half a minor unit a line of the exact cost', () => {
    fc.assert(
      fc.property(prices, fc.nat({ max: 100_000 }), (price, quantity) => {
        const lines = rateMeter('images', meter, price, quantity);
        const total = lines.reduce((sum, line) => sum + line.amountMinor, 0);
        const exact = exactCost('images', meter, price, quantity);
        const slack = decimal(BigInt(lines.length) * 5n, 1);
        expect(compare(String(total), add(exact, slack))).toBeLessThanOrEqual(0);
        expect(compare(add(String(total), slack), exact)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('a graduated price never falls when more is used', () => {
    fc.assert(
      fc.property(graduated, fc.nat({ max: 5000 }), fc.nat({ max: 500 }), (price, less, more) => {
        const before = exactCost('images', meter, price, less);
        const after = exactCost('images', meter, price, less + more);
        expect(compare(before, after)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('what Stripe is told never falls, and costs there what it costs here', () => {
    fc.assert(
      fc.property(prices, fc.nat({ max: 3000 }), fc.nat({ max: 100 }), (price, less, more) => {
        const told = reportable('images', price, less);
        expect(reportable('images', price, less + more)).toBeGreaterThanOrEqual(told);
        const stripes = stripesPrice(price);
        const there = exactCost('images', meter, stripes, told);
        expect(there).toBe(exactCost('images', meter, price, less));
      }),
    );
  });
});

/** The price as Stripe holds it: without `included` where Stripe can't include units. */
function stripesPrice(price: Price): Price {
  const known = price.type === 'volume' || price.type === 'package';
  return known ? { ...price, included: undefined } : price;
}

function decimal(digits: bigint, places: number): string {
  if (places === 0) return String(digits);
  const text = String(digits).padStart(places + 1, '0');
  return `${text.slice(0, -places)}.${text.slice(-places)}`;
}

/** times x amount, half away from zero, by whole numbers alone. */
function rounded(times: bigint, amount: string): bigint {
  const [whole = '0', fraction = ''] = amount.split('.');
  const scale = 10n ** BigInt(fraction.length);
  const exact = times * BigInt(whole + fraction);
  return (2n * exact + scale) / (2n * scale);
}
