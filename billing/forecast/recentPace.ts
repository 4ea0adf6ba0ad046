import { divide, multiply } from '../decimal.js';
import { DAY_MS, MINUTE_MS } from '../period.js';
import type { PaceRow } from './pace.js';

/** How fast a meter grows, from its recent days. */

/** Whole units in whole minutes, at least one. */
export interface Rate {
  readonly units: number;
  readonly minutes: number;
}

/** The pace that is expected to go on, and how much slower or faster it may well be. */
export interface RecentPace {
  readonly expected: Rate;
  readonly slow: Rate;
  readonly fast: Rate;
}

/** Full days looked at, today in part after them. */
const FULL_DAYS = 7;

/** A shorter time than this says nothing: what was used in it is taken as an hour's usage. */
const LEAST_MINUTES = 60;

/** With fewer full days their spread says nothing. */
const LEAST_FULL_DAYS = 3;

const DAY_MINUTES = DAY_MS / MINUTE_MS;

/** A sum of whole units, at most 2^53-1; below zero (only voids are kept of a day) it is none. */
function sumUnits(units: readonly number[]): number {
  const sum = units.reduce((total, each) => total + Math.max(0, each), 0);
  return Math.min(sum, Number.MAX_SAFE_INTEGER);
}

/**
 * The pace of a meter at `nowMs`. Expected: all units of the last 7 UTC days and of today so far,
 * over the time that passed in them; time before the customer's first period (`knownFromMs`) or
 * before the first day with usage is left out. Slow and fast: the mean of the slower and of the
 * faster half of the full days (the middle one in both); with fewer than three full days half
 * and twice the expected pace.
 */
export function recentPace(days: PaceRow, knownFromMs: number, nowMs: number): RecentPace {
  const today = Math.floor(nowMs / DAY_MS);
  const known = Math.floor(knownFromMs / DAY_MS);
  const first = Math.max(today - FULL_DAYS, known, days[0]?.[0] ?? today);
  const unitsOn = (day: number) => days.find(([index]) => index === day)?.[1] ?? 0;
  const all: number[] = [];
  for (let day = first; day <= today; day += 1) all.push(unitsOn(day));
  const sinceMs = nowMs - Math.max(first * DAY_MS, knownFromMs);
  const expected = {
    units: sumUnits(all),
    minutes: Math.max(LEAST_MINUTES, Math.floor(sinceMs / MINUTE_MS)),
  };
  const isFirstFull = first * DAY_MS >= knownFromMs;
  return { expected, ...spread(all.slice(isFirstFull ? 0 : 1, -1), expected) };
}

function spread(fullDays: readonly number[], expected: Rate): { slow: Rate; fast: Rate } {
  if (fullDays.length < LEAST_FULL_DAYS) {
    const { units, minutes } = expected;
    return {
      slow: { units, minutes: minutes * 2 },
      fast: { units: sumUnits([units, units]), minutes },
    };
  }
  const ascending = [...fullDays].sort((a, b) => a - b);
  const half = Math.ceil(ascending.length / 2);
  const minutes = half * DAY_MINUTES;
  return {
    slow: { units: sumUnits(ascending.slice(0, half)), minutes },
    fast: { units: sumUnits(ascending.slice(-half)), minutes },
  };
}

/** Whole units that a rate brings in so many minutes: half rounds up, at most 2^53-1. */
export function growth(rate: Rate, minutes: number): number {
  const exact = multiply(String(rate.units), String(minutes));
  return Math.min(Number(divide(exact, String(rate.minutes), 0)), Number.MAX_SAFE_INTEGER);
}
