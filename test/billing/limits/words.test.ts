import { eachWindow, inUnits, moreAt, unitOf } from '../../../billing/limits/words.js';
import { DAY_MS } from '../../../billing/period.js';
import { UTC } from '../../../billing/windows/zone.js';
import { NOON_MS, planOf } from './limited.js';

describe('words of limits', () => {
  it('count units in English', () => {
    expect(inUnits('1', 'token')).toBe('1 token');
    expect(inUnits('0', 'token')).toBe('0 tokens');
    expect(inUnits('2', 'minutes')).toBe('2 minutes');
    expect(inUnits('2', 'second')).toBe('2 seconds');
  });

  it('name the unit that meters share', () => {
    const plan = planOf([]);
    expect(unitOf(plan, ['tokens', 'large'])).toBe('token');
    expect(unitOf(plan, ['tokens', 'images'])).toBe('unit');
    expect(unitOf(plan, ['nowhere'])).toBe('unit');
    expect(unitOf(plan, [])).toBe('unit');
  });

  it('say how often a limit is granted', () => {
    expect(eachWindow({ window: 'day', sliding: false })).toBe('a day');
    expect(eachWindow({ window: 'day', sliding: true })).toBe('in any 24 hours');
    expect(eachWindow({ window: 'week', sliding: true })).toBe('a week');
  });
});

describe('the time when there is more', () => {
  it('is a time of day up to a day ahead, then a date', () => {
    expect(moreAt(UTC, NOON_MS, NOON_MS + DAY_MS)).toBe('More at 12:00 UTC.');
    expect(moreAt(UTC, NOON_MS, NOON_MS + DAY_MS + 1)).toBe(
      'More on 11 November at 12:00:01 UTC.',
    );
    expect(moreAt(UTC, NOON_MS, NOON_MS + 1)).toBe('More at 12:00:01 UTC.');
  });

  it('names every month', () => {
    const months = Array.from({ length: 12 }, (_, month) => Date.UTC(2027, month, 2));
    const dates = months.map((atMs) => moreAt(UTC, 0, atMs));
    expect(dates.map((text) => text.split(' ')[3])).toEqual([
      'January',
      'February',
      'March',
      'April',
      'May',
      'June',
      'July',
      'August',
      'September',
      'October',
      'November',
      'December',
    ]);
  });

  it('is that of the customer’s clock, also where it changes', () => {
    const zone = {
      name: 'Europe/Berlin',
      offsets: [
        [0, 120],
        [NOON_MS, 60],
      ],
    } as const;
    expect(moreAt(zone, NOON_MS - 9000, NOON_MS - 1000)).toBe('More at 13:59:59 (Europe/Berlin).');
    expect(moreAt(zone, NOON_MS - 9000, NOON_MS)).toBe('More at 13:00 (Europe/Berlin).');
  });
});
