import fc from 'fast-check';
import type { Price, Tier } from '../../../../billing/catalogue.js';
import { figuresOf, type LineFigures, onePrice, RateCommand } from './rating.js';

/** The contract's arithmetic once more, unit by unit and in whole numbers alone. */

const SCALE = 10n ** 12n;

function scaled(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimal.split('.');
  return BigInt(whole) * SCALE + BigInt(fraction.padEnd(12, '0'));
}

/** Quantity x amount, half away from zero. */
function rounded(quantity: number, decimal: string): number {
  return Number((BigInt(quantity) * scaled(decimal) * 2n + SCALE) / (SCALE * 2n));
}

function shortest(decimal: string): string {
  const [whole = '0', fraction = ''] = decimal.split('.');
  const kept = fraction.replace(/0+$/, '');
  return kept === '' ? whole : `${whole}.${kept}`;
}

function line(ref: string, quantity: number, decimal: string): LineFigures {
  return [ref, quantity, shortest(decimal), rounded(quantity, decimal)];
}

function tierLines(n: number, quantity: number, tier: Tier): LineFigures[] {
  const flat = tier.flatAmountMinor;
  const lines = [line(`m/tier-${n}`, quantity, tier.unitAmountMinor)];
  return flat === undefined ? lines : [...lines, line(`m/tier-${n}/flat`, 1, String(flat))];
}

/** Which tier a unit (from 1) falls into, from 0. */
function tierOf(tiers: readonly Tier[], unit: number): number {
  return tiers.findIndex(({ upTo }) => upTo === 'inf' || unit <= upTo);
}

function graduatedLines(price: Extract<Price, { type: 'graduated' }>, used: number): LineFigures[] {
  const { included = 0 } = price;
  const prefix: Tier[] = included > 0 ? [{ upTo: included, unitAmountMinor: '0' }] : [];
  const tiers = [...prefix, ...price.tiers];
  const counts = tiers.map(() => 0);
  for (let unit = 1; unit <= used; unit += 1) {
    const index = tierOf(tiers, unit);
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return tiers.flatMap((tier, index) => {
    const count = counts[index] ?? 0;
    return count === 0 ? [] : tierLines(index + 1, count, tier);
  });
}

function restLines(price: Exclude<Price, { type: 'graduated' }>, rest: number): LineFigures[] {
  if (rest === 0) return [];
  if (price.type === 'perUnit') return [line('m', rest, price.unitAmountMinor)];
  if (price.type === 'volume') {
    const index = tierOf(price.tiers, rest);
    const tier = price.tiers[index];
    return tier ? tierLines(index + 1, rest, tier) : [];
  }
  let packages = 0;
  for (let begun = rest; begun > 0; begun -= price.size) {
    if (begun >= price.size || price.round !== 'down') packages += 1;
  }
  const [, , amount, total] = line('m', packages, price.packageAmountMinor);
  return [['m', rest, amount, total, packages]];
}

function expectedLines(price: Price, used: number): LineFigures[] {
  if (price.type === 'graduated') return graduatedLines(price, used);
  const free = Math.min(used, price.included ?? 0);
  const included = free === 0 ? [] : [line('m/included', free, '0')];
  return [...included, ...restLines(price, used - free)];
}

const amount = fc.oneof(
  fc.tuple(fc.nat(999), fc.nat(999_999_999_999)).map(([whole, fraction]) => {
    return `${whole}.${String(fraction).padStart(12, '0')}`;
  }),
  fc.constantFrom('0', '0.5', '1', '2.50', '0.000000000001', '0.05'),
);
const included = fc.option(fc.nat(30), { nil: undefined });
const flat = fc.option(fc.nat(500), { nil: undefined });

/** Bounds rise from above `after`; the last tier is open. */
function tiersAfter(after: number): fc.Arbitrary<Tier[]> {
  const step = fc.tuple(fc.integer({ min: 1, max: 12 }), amount, flat);
  return fc.array(step, { minLength: 1, maxLength: 4 }).map((steps) => {
    let upTo = after;
    return steps.map(([more, unitAmountMinor, flatAmountMinor], index) => {
      upTo += more;
      const bound = index === steps.length - 1 ? ('inf' as const) : upTo;
      const tier = { upTo: bound, unitAmountMinor };
      return flatAmountMinor === undefined ? tier : { ...tier, flatAmountMinor };
    });
  });
}

const withIncluded = (free: number | undefined) => (free === undefined ? {} : { included: free });

const price: fc.Arbitrary<Price> = fc.oneof(
  fc.tuple(amount, included).map(([unitAmountMinor, free]) => ({
    type: 'perUnit' as const,
    unitAmountMinor,
    ...withIncluded(free),
  })),
  included.chain((free) =>
    tiersAfter(free ?? 0).map((tiers) => ({
      type: 'graduated' as const,
      tiers,
      ...withIncluded(free),
    })),
  ),
  fc.tuple(tiersAfter(0), included).map(([tiers, free]) => ({
    type: 'volume' as const,
    tiers,
    ...withIncluded(free),
  })),
  fc
    .tuple(fc.integer({ min: 1, max: 9 }), amount, included, fc.constantFrom('up', 'down'))
    .map(([size, packageAmountMinor, free, round]) => ({
      type: 'package' as const,
      size,
      packageAmountMinor,
      round: round === 'down' ? ('down' as const) : ('up' as const),
      ...withIncluded(free),
    })),
);

describe('durabill rate, against the arithmetic done unit by unit', () => {
  const command = new RateCommand();
  beforeAll(() => command.open());
  afterAll(() => command.close());

  it('agrees in every line for every price and quantity', async () => {
    await fc.assert(
      fc.asyncProperty(price, fc.nat(80), async (given, used) => {
        const printed = await command.printed(onePrice(given), JSON.stringify({ m: used }));
        const expected = expectedLines(given, used);
        expect(printed.lines.map(figuresOf)).toEqual(expected);
        expect(printed.subtotalMinor).toBe(expected.reduce((sum, [, , , cost]) => sum + cost, 0));
      }),
      { numRuns: 300 },
    );
  });
});
