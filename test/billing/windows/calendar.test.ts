import type { PeriodBounds } from '../../../billing/period.js';
import { type CalendarWindow, windowBounds } from '../../../billing/windows/calendar.js';
import { UTC, type Zone } from '../../../billing/windows/zone.js';
import {
  APIA,
  at,
  HAVANA,
  KATHMANDU,
  LORD_HOWE,
  NEW_YORK,
  SANTIAGO,
  shown,
  ST_JOHNS,
} from './zones.js';

function text({ startMs, endMs }: PeriodBounds): string {
  return `${shown(startMs)} to ${shown(endMs)}`;
}

function bounds(window: CalendarWindow, zone: Zone, instant: string): string {
  return text(windowBounds(window, zone, at(instant)));
}

describe('calendar windows of a clock that never changes', () => {
  it.each([
    ['minute', UTC, '2026-05-01T10:20:59.999Z', '2026-05-01T10:20:00 to 2026-05-01T10:21:00'],
    ['hour', UTC, '2026-05-01T10:59:59.999Z', '2026-05-01T10:00:00 to 2026-05-01T11:00:00'],
    ['day', UTC, '2026-05-01T00:00:00Z', '2026-05-01T00:00:00 to 2026-05-02T00:00:00'],
    ['week', UTC, '2026-05-01T10:00:00Z', '2026-04-27T00:00:00 to 2026-05-04T00:00:00'],
    ['week', UTC, '2026-05-03T23:59:59Z', '2026-04-27T00:00:00 to 2026-05-04T00:00:00'],
    ['week', UTC, '2026-05-04T00:00:00Z', '2026-05-04T00:00:00 to 2026-05-11T00:00:00'],
    ['month', UTC, '2026-12-31T23:59:59Z', '2026-12-01T00:00:00 to 2027-01-01T00:00:00'],
    ['month', UTC, '2028-02-29T12:00:00Z', '2028-02-01T00:00:00 to 2028-03-01T00:00:00'],
    ['minute', KATHMANDU, '2026-05-01T18:14:30Z', '2026-05-01T18:14:00 to 2026-05-01T18:15:00'],
    ['hour', KATHMANDU, '2026-05-01T18:20:00Z', '2026-05-01T18:15:00 to 2026-05-01T19:15:00'],
    ['day', KATHMANDU, '2026-05-01T18:14:59Z', '2026-04-30T18:15:00 to 2026-05-01T18:15:00'],
    ['week', KATHMANDU, '2026-05-03T18:15:00Z', '2026-05-03T18:15:00 to 2026-05-10T18:15:00'],
    ['month', KATHMANDU, '2026-05-31T18:15:00Z', '2026-05-31T18:15:00 to 2026-06-30T18:15:00'],
  ] as const)('%s in $name at %s', (window, zone, instant, expected) => {
    expect(bounds(window, zone, instant)).toBe(expected);
  });

  it('go back before 1970 and before the year 100', () => {
    expect(bounds('week', UTC, '1969-12-31T23:00:00Z')).toBe(
      '1969-12-29T00:00:00 to 1970-01-05T00:00:00',
    );
    expect(bounds('month', UTC, '0070-12-05T00:00:00Z')).toBe(
      '0070-12-01T00:00:00 to 0071-01-01T00:00:00',
    );
  });

  it('UTC is a zone like any other: named, and ahead of itself by nothing from 1970 on', () => {
    expect(UTC).toEqual({ name: 'UTC', offsets: [[0, 0]] });
  });

  it('a zone without offsets is UTC', () => {
    const none = { name: 'none', offsets: [] };
    expect(bounds('day', none, '2026-05-01T10:00:00Z')).toBe(
      '2026-05-01T00:00:00 to 2026-05-02T00:00:00',
    );
    expect(bounds('hour', none, '2026-05-01T10:10:00Z')).toBe(
      '2026-05-01T10:00:00 to 2026-05-01T11:00:00',
    );
  });
});

describe('hours where clocks change', () => {
  it('New York skips 2:00 in spring: no hour is lost or long', () => {
    expect(bounds('hour', NEW_YORK, '2026-03-08T06:59:59Z')).toBe(
      '2026-03-08T06:00:00 to 2026-03-08T07:00:00',
    );
    expect(bounds('hour', NEW_YORK, '2026-03-08T07:00:00Z')).toBe(
      '2026-03-08T07:00:00 to 2026-03-08T08:00:00',
    );
  });

  it('the hour that New York repeats in autumn is two windows', () => {
    expect(bounds('hour', NEW_YORK, '2026-11-01T05:30:00Z')).toBe(
      '2026-11-01T05:00:00 to 2026-11-01T06:00:00',
    );
    expect(bounds('hour', NEW_YORK, '2026-11-01T06:30:00Z')).toBe(
      '2026-11-01T06:00:00 to 2026-11-01T07:00:00',
    );
  });

  it('Lord Howe repeats and skips half an hour: one window of 30 minutes each time', () => {
    expect(bounds('hour', LORD_HOWE, '2026-04-04T14:59:59Z')).toBe(
      '2026-04-04T14:00:00 to 2026-04-04T15:00:00',
    );
    expect(bounds('hour', LORD_HOWE, '2026-04-04T15:00:00Z')).toBe(
      '2026-04-04T15:00:00 to 2026-04-04T15:30:00',
    );
    expect(bounds('hour', LORD_HOWE, '2026-10-03T15:29:59Z')).toBe(
      '2026-10-03T14:30:00 to 2026-10-03T15:30:00',
    );
    expect(bounds('hour', LORD_HOWE, '2026-10-03T15:30:00Z')).toBe(
      '2026-10-03T15:30:00 to 2026-10-03T16:00:00',
    );
  });

  it('a change in the middle of an hour cuts it', () => {
    expect(bounds('hour', ST_JOHNS, '2010-11-07T02:30:30Z')).toBe(
      '2010-11-07T02:30:00 to 2010-11-07T02:31:00',
    );
    expect(bounds('hour', ST_JOHNS, '2010-11-07T02:31:00Z')).toBe(
      '2010-11-07T02:31:00 to 2010-11-07T03:30:00',
    );
  });
});

describe('days, weeks and months where clocks change', () => {
  it('a day is 23 or 25 hours long, 23.5 or 24.5 on Lord Howe', () => {
    const hours = (zone: Zone, instant: string): number => {
      const { startMs, endMs } = windowBounds('day', zone, at(instant));
      return (endMs - startMs) / 3_600_000;
    };
    expect(hours(NEW_YORK, '2026-03-08T12:00:00Z')).toBe(23);
    expect(hours(NEW_YORK, '2026-11-01T12:00:00Z')).toBe(25);
    expect(hours(LORD_HOWE, '2026-04-04T16:00:00Z')).toBe(24.5);
    expect(hours(LORD_HOWE, '2026-10-03T16:00:00Z')).toBe(23.5);
  });

  it('where midnight is skipped, the day begins at the first instant after the gap', () => {
    expect(bounds('day', SANTIAGO, '2026-09-06T12:00:00Z')).toBe(
      '2026-09-06T04:00:00 to 2026-09-07T03:00:00',
    );
    expect(bounds('day', SANTIAGO, '2026-09-06T03:59:59Z')).toBe(
      '2026-09-05T04:00:00 to 2026-09-06T04:00:00',
    );
    expect(bounds('day', HAVANA, '2026-03-08T05:00:00Z')).toBe(
      '2026-03-08T05:00:00 to 2026-03-09T04:00:00',
    );
  });

  it('where midnight comes twice, the day begins at the earlier one', () => {
    const sunday = '2026-11-01T04:00:00 to 2026-11-02T05:00:00';
    expect(bounds('day', HAVANA, '2026-11-01T04:00:00Z')).toBe(sunday);
    expect(bounds('day', HAVANA, '2026-11-01T05:00:00Z')).toBe(sunday);
  });

  it('a clock set back on reaching midnight has not shown it: the day begins an hour later', () => {
    const saturday = '2026-04-04T03:00:00 to 2026-04-05T04:00:00';
    expect(bounds('day', SANTIAGO, '2026-04-05T02:59:59Z')).toBe(saturday);
    expect(bounds('day', SANTIAGO, '2026-04-05T03:00:00Z')).toBe(saturday);
    expect(bounds('day', SANTIAGO, '2026-04-05T04:00:00Z')).toBe(
      '2026-04-05T04:00:00 to 2026-04-06T04:00:00',
    );
  });

  it('an hour repeated from before midnight belongs to the new day, week and month', () => {
    const sunday = '2010-11-07T02:30:00 to 2010-11-08T03:30:00';
    expect(bounds('day', ST_JOHNS, '2010-11-07T02:30:00Z')).toBe(sunday);
    expect(bounds('day', ST_JOHNS, '2010-11-07T02:31:00Z')).toBe(sunday);
    expect(bounds('day', ST_JOHNS, '2010-11-07T03:29:59Z')).toBe(sunday);
    expect(bounds('day', ST_JOHNS, '2010-11-07T02:29:59Z')).toBe(
      '2010-11-06T02:30:00 to 2010-11-07T02:30:00',
    );
  });

  it('a day that a zone leaves out has no window', () => {
    expect(bounds('day', APIA, '2011-12-30T09:59:59Z')).toBe(
      '2011-12-29T10:00:00 to 2011-12-30T10:00:00',
    );
    expect(bounds('day', APIA, '2011-12-30T10:00:00Z')).toBe(
      '2011-12-30T10:00:00 to 2011-12-31T10:00:00',
    );
  });

  it('weeks and months are cut by local midnights on both sides of a change', () => {
    expect(bounds('week', NEW_YORK, '2026-03-08T12:00:00Z')).toBe(
      '2026-03-02T05:00:00 to 2026-03-09T04:00:00',
    );
    expect(bounds('month', NEW_YORK, '2026-11-15T00:00:00Z')).toBe(
      '2026-11-01T04:00:00 to 2026-12-01T05:00:00',
    );
    expect(bounds('month', APIA, '2011-12-31T08:00:00Z')).toBe(
      '2011-12-01T10:00:00 to 2011-12-31T10:00:00',
    );
  });
});
