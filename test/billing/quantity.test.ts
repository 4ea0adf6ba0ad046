import fc from 'fast-check';
import {
  creditsOf,
  microCreditsOf,
  MICRO_CREDITS,
  quantityFault,
  scaleOf,
  shownQuantity,
  sumDecimals,
  unitsOf,
} from '../../billing/quantity.js';
import { METERS } from './contractCatalogue.js';

const WHOLE = 'must be a whole number from 0 to 2^53-1';
const AS_TEXT = 'must be a decimal string of credits, such as "12.5"';
const CREDITS = 'must be a decimal string of credits, 0 or more, with at most 6 decimals';

describe('quantities', () => {
  it('credits alone are counted in millionths', () => {
    const scales = Object.entries(METERS).map(([id, meter]) => [id, scaleOf(meter)]);
    expect(Object.fromEntries(scales)).toMatchObject({ tokens: 1, images: 1, credits: 1_000_000 });
    expect(MICRO_CREDITS).toBe(1_000_000);
  });

  it.each([0, 1, Number.MAX_SAFE_INTEGER])('takes %d whole units', (quantity) => {
    expect(quantityFault(quantity, 1)).toBeNull();
    expect(unitsOf(quantity, 1)).toBe(quantity);
  });

  it.each([-1, 0.5, 2 ** 53, Number.NaN, Infinity, '1', null, undefined, [], true])(
    'refuses %p as whole units',
    (quantity) => {
      expect(quantityFault(quantity, 1)).toBe(WHOLE);
    },
  );

  it.each([
    ['0', 0],
    ['12.5', 12_500_000],
    ['0.000001', 1],
    ['1.5000000000', 1_500_000],
    ['9007199253.999999', 9_007_199_253_999_999],
    [3, 3_000_000],
    [9_007_199_253, 9_007_199_253_000_000],
  ])('takes %p credits', (quantity, units) => {
    expect(quantityFault(quantity, MICRO_CREDITS)).toBeNull();
    expect(unitsOf(quantity, MICRO_CREDITS)).toBe(units);
  });

  it.each([
    [0.5, AS_TEXT],
    [-1, AS_TEXT],
    [2 ** 53, AS_TEXT],
    ['-1', CREDITS],
    ['0.0000001', CREDITS],
    ['1e3', CREDITS],
    ['', CREDITS],
    [null, CREDITS],
    [`0.${'0'.repeat(40)}`, CREDITS],
    [9_007_199_254, 'must be below 9007199254'],
    ['9007199254', 'must be below 9007199254'],
    ['9007199253.9999999', CREDITS],
    ['99999999999999999999', 'must be below 9007199254'],
  ])('refuses %p credits', (quantity, fault) => {
    expect(quantityFault(quantity, MICRO_CREDITS)).toBe(fault);
  });

  it('text of 40 characters is read, longer text is not', () => {
    expect(quantityFault(`1.${'0'.repeat(38)}`, MICRO_CREDITS)).toBeNull();
    expect(quantityFault(`1.${'0'.repeat(39)}`, MICRO_CREDITS)).toBe(CREDITS);
  });

  it('says what was refused, and why', () => {
    expect(() => unitsOf('x', 1)).toThrow(new RangeError(`quantity "x" ${WHOLE}`));
    expect(() => unitsOf(0.5, MICRO_CREDITS)).toThrow(new RangeError(`quantity 0.5 ${AS_TEXT}`));
  });

  it('shows units as a number, credits as a decimal string', () => {
    expect(shownQuantity(12, 1)).toBe(12);
    expect(shownQuantity(12_500_000, MICRO_CREDITS)).toBe('12.5');
    expect(creditsOf(1)).toBe('0.000001');
    expect(creditsOf(-500_000)).toBe('-0.5');
    expect(() => microCreditsOf('0.0000001')).toThrow(RangeError);
  });

  it('any credit amount comes back as it was shown', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (units) => {
        expect(microCreditsOf(creditsOf(units))).toBe(units);
      }),
    );
  });

  it('adds decimals up exactly; none are 0', () => {
    expect(sumDecimals([])).toBe('0');
    expect(sumDecimals(['0.1', '0.2', '0.3'])).toBe('0.6');
  });
});
