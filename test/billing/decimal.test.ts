import fc from 'fast-check';
import {
  add,
  canonical,
  compare,
  decimalPlaces,
  divide,
  fromWhole,
  isDecimal,
  multiply,
  roundHalfAway,
  subtract,
  toWhole,
  wholeDigits,
} from '../../billing/decimal.js';

describe('decimals', () => {
  it.each([
    ['0.1', '0.2', '0.3'],
    ['999999999999999.999999999999', '0.000000000001', '1000000000000000'],
    ['-1.50', '1.5', '0'],
  ])('%s + %s is exactly %s', (a, b, sum) => {
    expect(add(a, b)).toBe(sum);
  });

  it('multiplies the greatest quantity by the smallest amount without losing a digit', () => {
    expect(multiply('9007199254740991', '0.000000000001')).toBe('9007.199254740991');
    expect(multiply('0.000000000001', '1')).toBe('0.000000000001');
    expect(multiply('100000000000000000000000', '10')).toBe('1000000000000000000000000');
  });

  it.each([
    ['0.5', '1'],
    ['-0.5', '-1'],
    ['1.4999999999999999', '1'],
    ['2.5', '3'],
    ['-2.5', '-3'],
    ['-0.4', '0'],
  ])('rounds %s half away from zero to %s', (text, rounded) => {
    expect(roundHalfAway(text, 0)).toBe(rounded);
  });

  it('divides with the rounding asked for, away from zero on both sides', () => {
    expect(divide('1', '3', 4)).toBe('0.3333');
    expect(divide('2', '3', 4)).toBe('0.6667');
    expect(divide('-1', '2', 0)).toBe('-1');
    expect(divide('1', '8', 3)).toBe('0.125');
    expect(() => divide('1', '0.0', 2)).toThrow(RangeError);
    expect(() => divide('1e3', '2', 0)).toThrow('not a plain decimal');
  });

  it('never prints a negative zero', () => {
    const zeros = [canonical('-0'), canonical('-0.00'), multiply('0', '-1'), add('-0', '-0')];
    expect([...zeros, roundHalfAway('-0.4', 0), divide('0', '-3', 2)]).toEqual(Array(6).fill('0'));
  });

  it('says what it refused', () => {
    expect(() => add('1e3', '1')).toThrow('not a plain decimal: "1e3"');
    expect(() => divide('7', '0', 2)).toThrow('division of 7 by zero');
    expect(() => fromWhole(0.5)).toThrow('not a whole safe number: 0.5');
    expect(() => toWhole('0.5')).toThrow('not a whole safe number: 0.5');
  });

  it('takes only plain decimals', () => {
    const taken = ['0', '-1', '0.50', '12.000000000001'];
    const refused = ['', '1.', '.5', '01', '+1', '1e3', '0x1', 'NaN', 'Infinity', '1,5', ' 1'];
    expect(taken.filter((text) => !isDecimal(text))).toEqual([]);
    expect(refused.filter(isDecimal)).toEqual([]);
    for (const text of refused) expect(() => add(text, '1')).toThrow(RangeError);
  });

  it('reads and prints whole numbers up to 2^53-1 and no further', () => {
    expect(toWhole('9007199254740991')).toBe(Number.MAX_SAFE_INTEGER);
    expect(toWhole('12.0')).toBe(12);
    expect(() => toWhole('9007199254740992')).toThrow(RangeError);
    expect(() => toWhole('0.5')).toThrow(RangeError);
    expect(() => fromWhole(0.5)).toThrow(RangeError);
  });

  it('counts the digits that matter', () => {
    expect(decimalPlaces('0.5000')).toBe(1);
    expect(decimalPlaces('10')).toBe(0);
    expect(wholeDigits('-120.5')).toBe(3);
    expect(wholeDigits('0.999')).toBe(1);
    expect(canonical('1.50')).toBe('1.5');
  });

  it('agrees with whole-number arithmetic on any two decimals of 12 places', () => {
    const scaled = fc.bigInt({ min: -(10n ** 27n), max: 10n ** 27n });
    fc.assert(
      fc.property(scaled, scaled, (a, b) => {
        expect(add(text(a), text(b))).toBe(canonical(text(a + b)));
        expect(subtract(text(a), text(b))).toBe(canonical(text(a - b)));
        expect(compare(text(a), text(b))).toBe(a < b ? -1 : Number(a > b));
      }),
    );
  });
});

/** Units of 10^-12 as a plain decimal. */
function text(units: bigint): string {
  const digits = String(units < 0n ? -units : units).padStart(13, '0');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -12)}.${digits.slice(-12)}`;
}
