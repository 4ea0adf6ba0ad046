import {
  alignedPair,
  printSmall,
  smallOf,
  smallQuotient,
  wholeOf,
} from '../../billing/smallDecimals.js';

/** Amounts take the short way through safe integers; what does not fit there is null. */
describe('small decimals take the short way', () => {
  it.each([
    ['0', 0, 0],
    ['9', 9, 0],
    ['10', 10, 0],
    ['-7', -7, 0],
    ['0.5', 5, 1],
    ['-0.50', -50, 2],
    ['-10.25', -1025, 2],
    ['0.0005', 5, 4],
    ['901.0', 9010, 1],
    ['999999999999999', 999_999_999_999_999, 0],
    ['0.0000000000001', 1, 13],
  ])('%s is %i / 10^%i', (text, digits, places) => {
    expect(smallOf(text)).toEqual({ digits, places });
  });

  it.each([
    '', '-', '+', ',', '/', ':', 'a', '1.', '.5', '-.5', '1.2.3', '01', '-01', '00.5', '1e3',
    '1000000000000000', '0.00000000000001',
  ])('%j is none of them', (text) => {
    expect(smallOf(text)).toBeNull();
  });

  it('are brought to the greater number of places, while that is exact', () => {
    expect(alignedPair('1', '0.25')).toEqual([100, 25, 2]);
    expect(alignedPair('0.25', '-1.5')).toEqual([25, -150, 2]);
    expect(alignedPair('0.001', '7')).toEqual([1, 7000, 3]);
    expect(alignedPair('900', '0.0000000000001')).toEqual([9e15, 1, 13]);
    expect(alignedPair('901', '0.0000000000001')).toBeNull();
    expect(alignedPair('0.0000000000001', '901')).toBeNull();
    expect([alignedPair('x', '1'), alignedPair('1', 'x')]).toEqual([null, null]);
  });

  it('are printed shortest, with one zero, while the digits are exact', () => {
    const zeros = [[0, 0], [-0, 0], [0, 3], [-0, 2]] as const;
    const printed = zeros.map(([digits, places]) => printSmall(digits, places));
    expect(printed).toEqual(['0', '0', '0', '0']);
    const others = [[70, 0], [70, 1], [700, 1], [-5, 3], [-1050, 2]] as const;
    const shortest = others.map(([digits, places]) => printSmall(digits, places));
    expect(shortest).toEqual(['70', '7', '70', '-0.005', '-10.5']);
    expect(printSmall(Number.MAX_SAFE_INTEGER, 0)).toBe('9007199254740991');
    expect(printSmall(Number.MAX_SAFE_INTEGER + 1, 0)).toBeNull();
  });

  it('round half away from zero to whole numbers, never to a zero below zero', () => {
    const wholes = [[-4, 1], [4, 1], [-5, 1], [5, 1], [-149, 2], [70, 1]] as const;
    const rounded = wholes.map(([digits, places]) => wholeOf({ digits, places }));
    expect(rounded).toStrictEqual([0, 0, -1, 1, -1, 7]);
  });

  it('are divided while both sides fit', () => {
    const quotient = (a: string, b: string, places: number) =>
      smallQuotient(smallOf(a), smallOf(b), places);
    expect(quotient('1', '3', 4)).toBe('0.3333');
    expect(quotient('-2', '3', 4)).toBe('-0.6667');
    expect(quotient('2', '-3', 0)).toBe('-1');
    expect(quotient('-0.002', '-4', 3)).toBe('0.001');
    expect(quotient('0', '-3', 2)).toBe('0');
    expect(quotient('7.125', '0.5', 0)).toBe('14');
    expect(quotient('7.125', '9', 1)).toBe('0.8');
    expect(quotient('1', '0.00', 2)).toBeNull();
    expect(quotient('1', '3', 15)).toBe('0.333333333333333');
    expect(quotient('1', '3', 16)).toBeNull();
    expect(quotient('99', '3', 14)).toBeNull();
    expect(quotient('0.0000000000001', '999', 0)).toBeNull();
    expect([quotient('x', '1', 1), quotient('1', 'x', 1)]).toEqual([null, null]);
  });
});
