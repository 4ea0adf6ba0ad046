import { MINUTE_MS } from '../../../billing/period.js';
import type { Zone } from '../../../billing/windows/zone.js';

/**
 * Zones whose clocks do what clocks do, as the tz database has them (the test of
 * `api/customers/zone.ts` compares each with the runtime's own).
 */

/** Milliseconds of an ISO instant. */
export const at = (text: string): number => Date.parse(text);

/** Milliseconds as an ISO instant without its fraction. */
export const shown = (ms: number): string => new Date(ms).toISOString().slice(0, 19);

function zone(name: string, ...offsets: readonly (readonly [string, number])[]): Zone {
  return { name, offsets: offsets.map(([from, minutes]) => [at(from), minutes] as const) };
}

/** A whole hour, at 2:00 in spring and autumn. */
export const NEW_YORK = zone(
  'America/New_York',
  ['2026-01-01T00:00Z', -300],
  ['2026-03-08T07:00Z', -240],
  ['2026-11-01T06:00Z', -300],
);

/** Half an hour. */
export const LORD_HOWE = zone(
  'Australia/Lord_Howe',
  ['2026-01-01T00:00Z', 660],
  ['2026-04-04T15:00Z', 630],
  ['2026-10-03T15:30Z', 660],
);

/** Never changed, but three quarters of an hour off. */
export const KATHMANDU = zone('Asia/Kathmandu', ['2026-01-01T00:00Z', 345]);

/** Clocks go from 24:00 back to 23:00 in April, and skip the hour after midnight in September. */
export const SANTIAGO = zone(
  'America/Santiago',
  ['2026-01-01T00:00Z', -180],
  ['2026-04-05T03:00Z', -240],
  ['2026-09-06T04:00Z', -180],
);

/** The hour after midnight is skipped in spring and repeated in autumn. */
export const HAVANA = zone(
  'America/Havana',
  ['2026-01-01T00:00Z', -300],
  ['2026-03-08T05:00Z', -240],
  ['2026-11-01T05:00Z', -300],
);

/** Changed at 0:01 then: the hour before midnight came once more after midnight. */
export const ST_JOHNS = zone(
  'America/St_Johns',
  ['2010-01-01T00:00Z', -210],
  ['2010-03-14T03:31Z', -150],
  ['2010-11-07T02:31Z', -210],
);

/** Left out the whole of 2011-12-30. */
export const APIA = zone(
  'Pacific/Apia',
  ['2011-12-01T00:00Z', -600],
  ['2011-12-30T10:00Z', 840],
);

/** Every zone above. */
export const ZONES = [NEW_YORK, LORD_HOWE, KATHMANDU, SANTIAGO, HAVANA, ST_JOHNS, APIA];

/** What the clock of a zone shows, ms written as if they were UTC; by trying every change. */
export function naiveLocalMs({ offsets }: Zone, atMs: number): number {
  let minutes = offsets[0]?.[1] ?? 0;
  for (const [fromMs, offset] of offsets) if (fromMs <= atMs) minutes = offset;
  return atMs + minutes * MINUTE_MS;
}
