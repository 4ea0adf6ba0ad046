import { z } from 'zod';

/** The smallest shapes: ids, names, instants, whole numbers. Each rule stands once, here. */

const ID = /^[!#-.0-;=?-[\]-~]{1,128}$/;
const EVENT_ID = /^[!#-.0-;=?-[\]-~]{1,255}$/;
const NAME = /^[A-Za-z0-9_-]{1,64}$/;
const PROTOTYPE_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const LONE_SURROGATE = /\p{Surrogate}/u;

/** 1-128 printable ASCII without space, `/`, `\`, `"`, `<`, `>`. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value);
}

/** As `isId`, up to 255. */
export function isEventId(value: unknown): value is string {
  return typeof value === 'string' && EVENT_ID.test(value);
}

/** 1-64 of `A-Z a-z 0-9 _ -`, and no name that could reach an object's prototype. */
export function isName(value: string): boolean {
  return NAME.test(value) && !PROTOTYPE_NAMES.has(value);
}

/** 0 … 2^53-1, whole; -0 is none. */
export function isQuantity(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && !Object.is(value, -0);
}

/** Text of at most 512 characters that is valid Unicode. */
export function isPropertyText(value: string): boolean {
  return value.length <= 512 && !LONE_SURROGATE.test(value);
}

/** What a fault says an id must be. */
export const ID_RULE =
  'must be 1-128 printable ASCII characters without space, "/", "\\", """, "<" or ">"';

/** Id of a customer, a user, a lease … */
export const idSchema = z
  .string()
  .refine(isId, { message: ID_RULE })
  .meta({ pattern: ID.source, minLength: 1, maxLength: 128, example: 'acme' });

/** Id of an event. */
export const eventIdSchema = z
  .string()
  .refine(isEventId, { message: ID_RULE.replace('128', '255') })
  .meta({ pattern: EVENT_ID.source, minLength: 1, maxLength: 255, example: 'call-1' });

/** Name of a plan, meter, property … */
export const nameSchema = z
  .string()
  .refine(isName, { message: 'must be 1-64 of A-Z a-z 0-9 _ -' })
  .meta({ pattern: NAME.source, example: 'tokens' });

/** A whole quantity. */
export const quantitySchema = z
  .number()
  .refine(isQuantity, { message: 'must be a whole number from 0 to 9007199254740991' })
  .meta({ type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER, example: 1200 });
