import { isAtPercent, percentsReached } from '../../../billing/alerts/percents.js';

describe('percentages', () => {
  it('are reached at them and not before, exactly, however large the numbers', () => {
    expect(isAtPercent('799', '1000', 80)).toBe(false);
    expect(isAtPercent('800', '1000', 80)).toBe(true);
    expect(isAtPercent('801', '1000', 80)).toBe(true);
    const most = String(Number.MAX_SAFE_INTEGER);
    expect(isAtPercent('9007199254740990', most, 100)).toBe(false);
    expect(isAtPercent(most, most, 100)).toBe(true);
    expect(isAtPercent('0.333', '1', 33)).toBe(true);
    expect(isAtPercent('0.3299999999', '1', 33)).toBe(false);
  });

  it('come ascending, each once, those above 100 too', () => {
    expect(percentsReached('1500', '1000', [100, 50, 150, 50, 151])).toEqual([50, 100, 150]);
    expect(percentsReached('499', '1000', [100, 50])).toStrictEqual([]);
  });

  it('are none where nothing is used, of whatever ceiling', () => {
    expect(percentsReached('0', '0', [50, 100])).toStrictEqual([]);
    expect(percentsReached('-1', '0', [50, 100])).toStrictEqual([]);
    expect(percentsReached('1', '0', [50, 100])).toEqual([50, 100]);
  });
});
