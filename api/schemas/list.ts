import { z } from 'zod';

/** Lists: `{data, nextCursor}`, `limit` 1-1000 (100). */

/** Rows of a page when nothing is asked for. */
export const LIMIT_DEFAULT = 100;

/** `limit` of a list. */
export const limitSchema = z
  .string()
  .refine((text) => /^[1-9]\d{0,3}$/.test(text) && Number(text) <= 1000, {
    message: 'must be a whole number from 1 to 1000',
  })
  .optional()
  .meta({ type: 'integer', minimum: 1, maximum: 1000, default: LIMIT_DEFAULT });

/** The rows asked for. */
export function limitOf(text: string | undefined): number {
  return text === undefined ? LIMIT_DEFAULT : Number(text);
}

/** `cursor` of a list: what the page before gave as `nextCursor`. */
export const cursorSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,1024}$/, 'must be the nextCursor of a page')
  .optional();

/** A page of rows. */
export function pageSchema<Row extends z.ZodType>(row: Row) {
  return z.object({ data: z.array(row), nextCursor: z.string().nullable() });
}

/** Opaque text of a store's own cursor. */
export function sealCursor(inner: string | null): string | null {
  return inner === null ? null : Buffer.from(inner, 'utf8').toString('base64url');
}

/** What a store gave. */
export function openCursor(cursor: string | undefined): string | undefined {
  return cursor === undefined ? undefined : Buffer.from(cursor, 'base64url').toString('utf8');
}
