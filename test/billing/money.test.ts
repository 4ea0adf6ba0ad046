import fc from 'fast-check';
import {
  allocate,
  formatMinor,
  groupDigits,
  isSupportedCurrency,
  roundMinor,
  SUPPORTED_CURRENCIES,
} from '../../billing/money.js';

describe('money', () => {
  it.each([
    ['672.839', 673],
    ['999.5', 1000],
    ['999.4999999999999999', 999],
    ['-0.5', -1],
    ['0', 0],
  ])('%s minor units are billed as %d: half away from zero', (exact, rounded) => {
    expect(roundMinor(exact)).toBe(rounded);
  });

  it('never rounds to an amount that a number can not hold', () => {
    expect(roundMinor('9007199254740991.4')).toBe(Number.MAX_SAFE_INTEGER);
    expect(() => roundMinor('9007199254740991.5')).toThrow(RangeError);
    expect(() => roundMinor('1e3')).toThrow(RangeError);
  });

  it('bills in the four tried currencies and refuses the rest by name', () => {
    expect(SUPPORTED_CURRENCIES).toEqual(['usd', 'eur', 'gbp', 'jpy']);
    expect(['USD', 'chf', 'krw', 'constructor'].filter(isSupportedCurrency)).toEqual([]);
    expect(() => formatMinor('1', 'chf')).toThrow(/chf is not one of usd, eur, gbp, jpy/);
  });

  it.each([
    ['0.0005', 'usd', '$0.000005'],
    ['290000', 'usd', '$2,900.00'],
    ['-5', 'eur', '-€0.05'],
    ['120.5', 'gbp', '£1.205'],
    ['1234567', 'jpy', '¥1,234,567'],
    ['0.5', 'jpy', '¥0.5'],
    ['0', 'usd', '$0.00'],
  ])('shows %s minor units of %s as %s, nothing rounded', (amount, currency, shown) => {
    expect(formatMinor(amount, currency)).toBe(shown);
  });

  it('sets thousands apart', () => {
    expect([0, 999, 1000, 1_000_001, '123456789012'].map(groupDigits)).toEqual([
      '0',
      '999',
      '1,000',
      '1,000,001',
      '123,456,789,012',
    ]);
  });
});

describe('splitting an amount', () => {
  it.each([
    [100, [1, 1, 1], [34, 33, 33]],
    [-100, [1, 1, 1], [-34, -33, -33]],
    [5, [3, 7, 0, 7], [1, 2, 0, 2]],
    [1, [1, 2, 2], [0, 1, 0]],
    [7, [5], [7]],
    [0, [1, 0], [0, 0]],
    [0, [], []],
    [-1, [2, 1], [-1, 0]],
  ])('%d minor units by %j are %j', (total, weights, parts) => {
    expect(allocate(total, weights)).toEqual(parts);
  });

  it('is exact up to the greatest total and weights', () => {
    const greatest = Number.MAX_SAFE_INTEGER;
    expect(allocate(greatest, [greatest, greatest, 1])).toEqual([
      4_503_599_627_370_495,
      4_503_599_627_370_495,
      1,
    ]);
  });

  it('orders remainders exactly, though they differ by less than a float can show', () => {
    const huge = Number.MAX_SAFE_INTEGER;
    const parts = allocate(3, [huge - 1, huge, huge - 2]);
    expect(parts).toEqual([1, 1, 1]);
    expect(allocate(1, [huge - 1, huge, huge - 2])).toEqual([0, 1, 0]);
  });

  it.each([
    [1, []],
    [1, [0, 0]],
    [0.5, [1]],
    [2 ** 53, [1]],
    [1, [1, -1]],
    [1, [2, -1]],
    [1, [0.5]],
    [1, [Number.NaN]],
  ])('refuses %d by %j', (total, weights) => {
    expect(() => allocate(total, weights)).toThrow(RangeError);
  });

  it('says what it refused', () => {
    expect(() => allocate(1, [2, -1])).toThrow('not whole, safe and 0 or more: -1');
    expect(() => allocate(7, [0])).toThrow('7 minor units without a weight to go to');
  });

  const whole = fc.oneof(
    fc.integer({ min: 0, max: 20 }),
    fc.maxSafeNat(),
    fc.constantFrom(0, 1, Number.MAX_SAFE_INTEGER),
  );
  const splits = fc.record({
    total: whole.chain((size) => fc.constantFrom(size, size === 0 ? 0 : -size)),
    weights: fc
      .array(whole, { minLength: 1, maxLength: 8 })
      .filter((all) => all.some((weight) => weight > 0)),
  });

  it('parts sum exactly to the total, whatever its sign', () => {
    fc.assert(
      fc.property(splits, ({ total, weights }) => {
        const sum = allocate(total, weights).reduce((all, part) => all + BigInt(part), 0n);
        expect(sum).toBe(BigInt(total));
      }),
    );
  });

  it('no part is a whole unit away from its exact share; a larger remainder goes first', () => {
    fc.assert(
      fc.property(splits, ({ total, weights }) => {
        const sum = weights.reduce((all, weight) => all + BigInt(weight), 0n);
        const size = BigInt(Math.abs(total));
        const off = allocate(total, weights).map((part, index) => {
          const exact = size * BigInt(weights[index] ?? 0);
          return { above: BigInt(Math.abs(part)) * sum - exact, remainder: exact % sum, index };
        });
        for (const { above } of off) expect(above > -sum && above < sum).toBe(true);
        const up = off.filter(({ above }) => above > 0n);
        const down = off.filter(({ above }) => above < 0n);
        for (const a of up) {
          for (const b of down) {
            const equal = a.remainder === b.remainder;
            expect(equal ? a.index < b.index : a.remainder > b.remainder).toBe(true);
          }
        }
      }),
    );
  });

  it('a negative total is the positive one negated, and nothing is ever -0', () => {
    fc.assert(
      fc.property(splits, ({ total, weights }) => {
        const parts = allocate(total, weights);
        expect(allocate(0 - total, weights)).toEqual(parts.map((part) => 0 - part));
      }),
    );
  });
});
