import fc from 'fast-check';
import type { Price, Tier } from '../../../billing/catalogue.js';
import { exactCost, rateMeter } from '../../../billing/rating/rateMeter.js';
import { METERS } from '../contractCatalogue.js';

/**
 * Every price rated a second time, the naive way: in whole numbers of 10^-12 minor units, unit by
 * tier, without any code of `billing/`.
 */

const meter = METERS.images as (typeof METERS)[string];
const SCALE = 10n ** 12n;

interface Line {
  readonly ref: string;
  readonly units: bigint;
  /** In 10^-12 minor units. */
  readonly exact: bigint;
}

function scaled(amount: string): bigint {
  const [whole = '0', fraction = ''] = amount.split('.');
  return BigInt(whole) * SCALE + BigInt(fraction.padEnd(12, '0'));
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** The tier's line, and its flat amount. */
function tierLines(ref: string, tier: Tier, units: bigint): Line[] {
  const line = { ref, units, exact: units * scaled(tier.unitAmountMinor) };
  if (tier.flatAmountMinor === undefined) return [line];
  return [line, { ref: `${ref}/flat`, units: 1n, exact: BigInt(tier.flatAmountMinor) * SCALE }];
}

function graduated(tiers: readonly Tier[], quantity: bigint): Line[] {
  const lines: Line[] = [];
  let below = 0n;
  for (const [index, tier] of tiers.entries()) {
    const end = tier.upTo === 'inf' ? quantity : smaller(quantity, BigInt(tier.upTo));
    if (end > below) lines.push(...tierLines(`images/tier-${index + 1}`, tier, end - below));
    if (tier.upTo !== 'inf') below = BigInt(tier.upTo);
  }
  return lines;
}

function naive(price: Price, quantity: bigint): Line[] {
  const included = BigInt(price.included ?? 0);
  if (price.type === 'graduated') {
    const first: Tier[] = included > 0n ? [{ upTo: Number(included), unitAmountMinor: '0' }] : [];
    return graduated([...first, ...price.tiers], quantity);
  }
  const free = smaller(included, quantity);
  const rest = quantity - free;
  const lines: Line[] = free > 0n ? [{ ref: 'images/included', units: free, exact: 0n }] : [];
  if (rest === 0n) return lines;
  if (price.type === 'perUnit') {
    return [...lines, { ref: 'images', units: rest, exact: rest * scaled(price.unitAmountMinor) }];
  }
  if (price.type === 'package') {
    const size = BigInt(price.size);
    const packages = price.round === 'down' ? rest / size : (rest + size - 1n) / size;
    const exact = packages * scaled(price.packageAmountMinor);
    return [...lines, { ref: 'images', units: rest, exact }];
  }
  const index = price.tiers.findIndex(({ upTo }) => upTo === 'inf' || rest <= BigInt(upTo));
  return [...lines, ...tierLines(`images/tier-${index + 1}`, price.tiers[index] as Tier, rest)];
}

/** Half away from zero; amounts are not negative. */
function roundedMinor(exact: bigint): bigint {
  return (2n * exact + SCALE) / (2n * SCALE);
}

const amounts = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 12n }), fc.nat({ max: 12 }))
  .map(([digits, places]) => {
    const text = String(digits).padStart(places + 1, '0');
    return places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`;
  })
  .map((text) => (text.includes('.') ? text.replace(/\.?0+$/, '') : text));

const flat = fc.option(fc.nat({ max: 900 }), { nil: undefined });
const included = fc.option(fc.nat({ max: 500 }), { nil: undefined });

const tiered = fc
  .record({
    steps: fc.array(fc.record({ step: fc.integer({ min: 1, max: 500 }), amount: amounts, flat }), {
      maxLength: 5,
    }),
    last: fc.record({ amount: amounts, flat }),
    included,
  })
  .map(({ steps, last, included: free }) => {
    let upTo = free ?? 0;
    const closed = steps.map((each): Tier => {
      upTo += each.step;
      return { upTo, unitAmountMinor: each.amount, flatAmountMinor: each.flat };
    });
    const open: Tier = {
      upTo: 'inf',
      unitAmountMinor: last.amount,
      flatAmountMinor: last.flat,
    };
    return { tiers: [...closed, open], included: free };
  });

const prices: fc.Arbitrary<Price> = fc.oneof(
  tiered.map((parts): Price => ({ type: 'graduated', ...parts })),
  tiered.map((parts): Price => ({ type: 'volume', ...parts })),
  fc.record({ type: fc.constant('perUnit' as const), unitAmountMinor: amounts, included }),
  fc.record({
    type: fc.constant('package' as const),
    size: fc.integer({ min: 1, max: 300 }),
    packageAmountMinor: amounts,
    round: fc.constantFrom('up' as const, 'down' as const, undefined),
    included,
  }),
);

/** Small ones meet every tier's edge; large ones every digit, as far as amounts stay exact. */
const quantities = fc.oneof(fc.nat({ max: 3000 }), fc.nat({ max: 9_000 }).map((n) => n * 1_001));

describe('any price and quantity, rated again in whole numbers', () => {
  it('has the same lines: refs, units, amounts rounded half away from zero', () => {
    fc.assert(
      fc.property(prices, quantities, (price, quantity) => {
        const expected = naive(price, BigInt(quantity));
        fc.pre(expected.every(({ exact }) => exact / SCALE < 2n ** 53n - 1n));
        const rated = rateMeter('images', meter, price, quantity).map((line) => [
          line.ref,
          BigInt(line.quantity),
          BigInt(line.amountMinor),
        ]);
        const lines = expected.map(({ ref, units, exact }) => [ref, units, roundedMinor(exact)]);
        expect(rated).toEqual(lines);
      }),
      { numRuns: 500 },
    );
  });

  it('costs exactly the same before rounding', () => {
    fc.assert(
      fc.property(prices, quantities, (price, quantity) => {
        const expected = naive(price, BigInt(quantity)).reduce((sum, { exact }) => sum + exact, 0n);
        expect(scaled(exactCost('images', meter, price, quantity))).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });
});
