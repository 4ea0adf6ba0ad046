import { forecastSentence } from '../../../billing/forecast/sentence.js';
import { DAY_MS } from '../../../billing/period.js';
import { UTC, type Zone } from '../../../billing/windows/zone.js';
import { DECEMBER_MS, NOVEMBER_MS } from './world.js';

const FORECAST = {
  accruedAmountMinor: 2900,
  projectedAmountMinor: 4100,
  lowAmountMinor: 3800,
  highAmountMinor: 4600,
};
const END = { endMs: DECEMBER_MS, zone: UTC, nowMs: NOVEMBER_MS };

describe('the sentence of a forecast', () => {
  it('says what it is, what it will be and how sure that is', () => {
    expect(forecastSentence(FORECAST, 'usd', END)).toBe(
      '$29.00 so far; at this pace about $41.00 by Dec 1, most likely between $38.00 and $46.00.',
    );
  });

  it('gives no range where it is one amount', () => {
    const certain = { ...FORECAST, lowAmountMinor: 4100, highAmountMinor: 4100 };
    expect(forecastSentence(certain, 'jpy', END)).toBe(
      '¥2,900 so far; at this pace about ¥4,100 by Dec 1.',
    );
  });

  it('names the day of the customer\'s own calendar', () => {
    const newYork: Zone = {
      name: 'America/New_York',
      offsets: [[0, -240], [Date.UTC(2026, 10, 1, 6), -300]],
    };
    expect(forecastSentence(FORECAST, 'usd', { ...END, zone: newYork })).toContain('by Nov 30,');
    const auckland: Zone = { name: 'Pacific/Auckland', offsets: [[0, 780]] };
    expect(forecastSentence(FORECAST, 'usd', { ...END, zone: auckland })).toContain('by Dec 1,');
  });

  it('names the year of a day that is far away', () => {
    const endMs = Date.UTC(2027, 0, 31);
    const at = (nowMs: number) => forecastSentence(FORECAST, 'usd', { ...END, endMs, nowMs });
    expect(at(endMs - 180 * DAY_MS)).toContain('by Jan 31, most');
    expect(at(endMs - 180 * DAY_MS - 1)).toContain('by Jan 31, 2027, most');
  });

  it.each([
    'Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec',
  ].map((month, index) => [month, index] as const))('knows %s', (month, index) => {
    const endMs = Date.UTC(2026, index, 9);
    expect(forecastSentence(FORECAST, 'eur', { ...END, endMs, nowMs: endMs })).toContain(
      `about €41.00 by ${month} 9,`,
    );
  });
});
