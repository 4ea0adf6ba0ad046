import { z } from 'zod';

/** Times in are RFC 3339, times out UTC with milliseconds. */

const DATE = /(\d{4})-(\d{2})-(\d{2})/.source;
const CLOCK = /(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?/.source;
const ZONE = /(?:[Zz]|([+-])(\d{2}):(\d{2}))/.source;
const SHAPE = new RegExp(`^${DATE}[Tt]${CLOCK}${ZONE}$`);

const LENGTH_MAX = 35;

/** True where the fields name a day and time that exist; second 60 is a leap second. */
function exists(year: number, month: number, day: number, clock: readonly number[]): boolean {
  const [hour = 99, minute = 99, second = 99] = clock;
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 60) return false;
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/**
 * Milliseconds since the epoch of an RFC 3339 date-time, finer digits cut off; null for anything
 * else. Years before 1970 and days that do not exist are none.
 */
export function parseInstant(text: string): number | null {
  if (text.length > LENGTH_MAX) return null;
  const found = SHAPE.exec(text);
  if (!found) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found
    .slice(1, 7)
    .map(Number);
  if (year < 1970 || !exists(year, month, day, [hour, minute, second])) return null;
  const offsetHours = Number(found[9] ?? 0);
  const offsetMinutes = Number(found[10] ?? 0);
  if (offsetHours > 23 || offsetMinutes > 59) return null;
  const offsetMs = (offsetHours * 60 + offsetMinutes) * 60_000 * (found[8] === '-' ? -1 : 1);
  const milliseconds = Number((found[7] ?? '').padEnd(3, '0').slice(0, 3));
  return Date.UTC(year, month - 1, day, hour, minute, second, milliseconds) - offsetMs;
}

/** What a fault says a time must be. */
export const INSTANT_RULE = 'must be an RFC 3339 time such as 2026-11-01T12:00:00Z';

/** An instant in a request, kept as the text that was given. */
export const instantTextSchema = z
  .string()
  .refine((text) => parseInstant(text) !== null, { message: INSTANT_RULE })
  .meta({ format: 'date-time', example: '2026-11-01T12:00:00Z' });

/** True for a zone of the IANA database; plain offsets are none. */
export function isTimezone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone) || zone.length > 64) return false;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Name of a time zone. */
export const timezoneSchema = z
  .string()
  .refine(isTimezone, { message: 'must be an IANA time zone such as Europe/Berlin' })
  .meta({ example: 'Europe/Berlin' });
