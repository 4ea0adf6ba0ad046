import fc from 'fast-check';
import {
  add,
  canonical,
  compare,
  divide,
  multiply,
  roundHalfAway,
  subtract,
  toWhole,
} from '../../billing/decimal.js';

/** Small and large decimals side by side: both ways of computing say what whole numbers say. */

/** `digits` / 10^`places`. */
interface Exact {
  readonly digits: bigint;
  readonly places: number;
}

/** Around every size at which another way of computing begins. */
const decimals: fc.Arbitrary<Exact> = fc.record({
  digits: fc
    .tuple(fc.integer({ min: 0, max: 19 }), fc.bigInt({ min: -50n, max: 50n }), fc.boolean())
    .map(([size, near, isNegative]) => (isNegative ? -1n : 1n) * (10n ** BigInt(size) + near)),
  places: fc.integer({ min: 0, max: 16 }),
});

/** As text, `zeros` of them behind the last digit. */
function text({ digits, places }: Exact, zeros = 0): string {
  const all = String(digits < 0n ? -digits : digits).padStart(places + 1, '0');
  const whole = all.slice(0, all.length - places);
  const fraction = all.slice(all.length - places) + '0'.repeat(zeros);
  return `${digits < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** In its shortest form, by text alone. */
function shortest(exact: Exact): string {
  const long = text(exact);
  const short = long.includes('.') ? long.replace(/0+$/, '').replace(/\.$/, '') : long;
  return short === '-0' ? '0' : short;
}

const tens = (places: number): bigint => 10n ** BigInt(places);

function aligned(a: Exact, b: Exact): readonly [bigint, bigint, number] {
  const places = Math.max(a.places, b.places);
  return [a.digits * tens(places - a.places), b.digits * tens(places - b.places), places];
}

/** numerator / denominator to the nearest whole, ties away from zero. */
function nearest(numerator: bigint, denominator: bigint): bigint {
  const isNegative = numerator < 0n !== denominator < 0n;
  const size = numerator < 0n ? -numerator : numerator;
  const by = denominator < 0n ? -denominator : denominator;
  const whole = (2n * size + by) / (2n * by);
  return isNegative ? -whole : whole;
}

const check = (law: (a: Exact, b: Exact) => void): void =>
  fc.assert(fc.property(decimals, decimals, law), { numRuns: 1_000 });

it('sums, differences, products and order are those of whole numbers', () => {
  check((a, b) => {
    const [first, second, places] = aligned(a, b);
    expect(add(text(a), text(b))).toBe(shortest({ digits: first + second, places }));
    expect(subtract(text(a), text(b))).toBe(shortest({ digits: first - second, places }));
    const product = { digits: a.digits * b.digits, places: a.places + b.places };
    expect(multiply(text(a), text(b))).toBe(shortest(product));
    expect(compare(text(a), text(b))).toBe(first < second ? -1 : Number(first > second));
  });
});

it('zeros at the end change nothing', () => {
  check((a) => expect(canonical(text(a, 3))).toBe(shortest(a)));
});

it('roundings and quotients are the nearest, ties away from zero', () => {
  check((a, b) => {
    const whole = nearest(a.digits, tens(a.places));
    expect(roundHalfAway(text(a), 0)).toBe(String(whole));
    if (b.digits === 0n) return;
    for (const places of [0, 1, 6]) {
      const numerator = a.digits * tens(b.places + places);
      const digits = nearest(numerator, b.digits * tens(a.places));
      expect(divide(text(a), text(b), places)).toBe(shortest({ digits, places }));
    }
  });
});

it('whole numbers are read where they are safe, and refused elsewhere', () => {
  check((a) => {
    const read = () => toWhole(text(a));
    const isWhole = a.digits % tens(a.places) === 0n;
    const value = a.digits / tens(a.places);
    const isSafe = value >= -(2n ** 53n - 1n) && value <= 2n ** 53n - 1n;
    if (isWhole && isSafe) expect(read()).toBe(Number(value));
    else expect(read).toThrow(RangeError);
  });
});
