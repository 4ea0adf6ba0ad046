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

/** `digits` / 10^`places`, in integers without bound: what the decimals are checked by. */
interface Exact {
  readonly digits: bigint;
  readonly places: number;
}

const tens = (places: number) => 10n ** BigInt(places);

function text({ digits, places }: Exact): string {
  const size = digits < 0n ? -digits : digits;
  const whole = size / tens(places);
  const fraction = (size % tens(places)).toString().padStart(places, '0').replace(/0+$/, '');
  const sign = digits < 0n ? '-' : '';
  return `${sign}${whole}${places === 0 || fraction === '' ? '' : `.${fraction}`}`;
}

/** Written with all its places, zeros at the end included. */
function written(exact: Exact): string {
  const { digits, places } = exact;
  const size = (digits < 0n ? -digits : digits).toString().padStart(places + 1, '0');
  const sign = digits < 0n ? '-' : '';
  return places === 0 ? sign + size : `${sign}${size.slice(0, -places)}.${size.slice(-places)}`;
}

/** a / b rounded half away from zero to a whole number. */
function rounded(a: bigint, b: bigint): bigint {
  const [size, by] = [a < 0n ? -a : a, b < 0n ? -b : b];
  const whole = (2n * size + by) / (2n * by);
  return a < 0n === b < 0n ? whole : -whole;
}

const exacts: fc.Arbitrary<Exact> = fc.record({
  digits: fc.oneof(
    fc.integer({ min: -2_000, max: 2_000 }).map(BigInt),
    fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }),
    fc.bigInt({ min: -(10n ** 19n), max: 10n ** 19n }),
  ),
  places: fc.nat({ max: 14 }),
});

describe('decimals of any size agree with integers without bound', () => {
  const each = (law: (a: Exact, b: Exact, places: number) => void) =>
    fc.assert(fc.property(exacts, exacts, fc.nat({ max: 12 }), law), { numRuns: 400 });

  /** Both in the places of the finer one. */
  const alike = (a: Exact, b: Exact) => {
    const places = Math.max(a.places, b.places);
    const of = (exact: Exact) => exact.digits * tens(places - exact.places);
    return [of(a), of(b), places] as const;
  };

  it('adding, subtracting, multiplying and comparing', () => {
    each((a, b) => {
      const [first, second, places] = alike(a, b);
      const [left, right] = [written(a), written(b)];
      expect(canonical(left)).toBe(text(a));
      expect(add(left, right)).toBe(text({ digits: first + second, places }));
      expect(subtract(left, right)).toBe(text({ digits: first - second, places }));
      const product = { digits: a.digits * b.digits, places: a.places + b.places };
      expect(multiply(left, right)).toBe(text(product));
      expect(compare(left, right)).toBe(first < second ? -1 : first > second ? 1 : 0);
    });
  });

  it('dividing and rounding', () => {
    each((a, b, places) => {
      const whole = rounded(a.digits * tens(places), tens(a.places));
      expect(roundHalfAway(written(a), places)).toBe(text({ digits: whole, places }));
      if (b.digits === 0n) return;
      const [first, second] = alike(a, b);
      const digits = rounded(first * tens(places), second);
      expect(divide(written(a), written(b), places)).toBe(text({ digits, places }));
    });
  });

  it.each([
    ['1', '8', 2, '0.13'],
    ['-1', '8', 2, '-0.13'],
    ['1', '-8', 2, '-0.13'],
    ['-1', '-8', 2, '0.13'],
    ['0', '-3', 1, '0'],
    ['7.5', '0.25', 0, '30'],
    ['0.001', '4', 3, '0'],
    ['0.002', '4', 3, '0.001'],
    ['1', '999999999999999999999', 3, '0'],
    ['999999999999999999999', '3', 0, '333333333333333333333'],
  ])('%s / %s to %i places is %s', (a, b, places, quotient) => {
    expect(divide(a, b, places)).toBe(quotient);
  });

  it('nothing is divided by zero, of any size', () => {
    for (const [a, b] of [['1', '0'], ['1', '0.00'], ['1', '-0'], ['99999999999999999999', '0']]) {
      expect(() => divide(a ?? '', b ?? '', 1)).toThrow(RangeError);
    }
  });
});

/** Small numbers are computed without the decimal package; nothing else may differ. */
describe('small decimals', () => {
  const refused = ['', '-', '+', ',', '/', 'a', '1.', '-1.', '.5', '-.5', '1.2.3', '01', '1-'];
  it.each(refused)(
    'refuses %j as any other text that is no decimal',
    (text) => {
      expect(() => canonical(text)).toThrow(`not a plain decimal: ${JSON.stringify(text)}`);
    },
  );

  it.each([
    ['0', '0'], ['7', '7'], ['9', '9'], ['-10', '-10'], ['0.5', '0.5'], ['-0.50', '-0.5'],
    ['100.000', '100'],
    ['99999999999999', '99999999999999'],
    ['0.0000000000001', '0.0000000000001'],
  ])('prints %s as %s', (text, shortest) => {
    expect(canonical(text)).toBe(shortest);
  });

  it('multiplies a small number by one that is not', () => {
    expect(multiply('2', '100000000000000000000000')).toBe('200000000000000000000000');
    expect(multiply('-2', '0.00000000000000000001')).toBe('-0.00000000000000000002');
  });

  it('rounds to places other than none', () => {
    const rounded = [roundHalfAway('1.25', 1), roundHalfAway('-1.25', 1), roundHalfAway('1.25', 2)];
    expect(rounded).toEqual(['1.3', '-1.3', '1.25']);
  });

  it('has one zero', () => {
    expect(Object.is(toWhole('-0'), 0)).toBe(true);
  });
});
