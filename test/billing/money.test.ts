import {
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
