import { z } from 'zod';
import { customerPathSchema, customerSchema, limitSchema, shortText } from './customer.js';
import { isPropertyText, nameSchema, quantitySchema } from './text.js';

/** What an operator sets for one customer (CONTRACT §3.1). */

/** Most limits that one request may name. */
const LIMITS_MAX = 1000;

const amountSchema = quantitySchema.nullable().optional().meta({
  description: 'Whole minor units; null: the amount of the plan again',
});

/** Body of PATCH …/controls: fields left out stay, `null` empties one. */
export const controlsRequestSchema = z
  .strictObject({
    overage: z
      .enum(['allow', 'block'])
      .optional()
      .meta({ description: '`block`: nothing runs that would cost money' }),
    spend: z
      .strictObject({ softAmountMinor: amountSchema, hardAmountMinor: amountSchema })
      .optional(),
    limits: z
      .record(nameSchema, quantitySchema.nullable())
      .refine((limits) => Object.keys(limits).length <= LIMITS_MAX, {
        message: `must name at most ${LIMITS_MAX} limits`,
      })
      .optional()
      .meta({ description: "Ceiling by limit of the plan, in the limit's own measure" }),
    frozen: z.boolean().optional(),
    reason: shortText.optional().meta({ description: 'Why it is frozen or lifted' }),
    grandfathered: z
      .boolean()
      .optional()
      .meta({ description: 'true: never moved from one plan version to another' }),
  })
  .refine(({ reason, frozen }) => reason === undefined || frozen !== undefined, {
    message: 'goes with frozen only',
    path: ['reason'],
  })
  .meta({ id: 'ControlsRequest' });

/** What PATCH parses. */
export type ControlsRequest = z.output<typeof controlsRequestSchema>;

const KEY_RULE =
  'The user, team or key, percent-encoded. `null`: usage without one; a value that is itself ' +
  'called null is written in quotes, `"null"`';

/** Key of a scope in a path; see `keyOf`. */
export const scopeKeySchema = z
  .string()
  .refine((text) => text.length > 0 && text.length <= 520 && isPropertyText(keyOf(text) ?? ''), {
    message: 'must be 1-512 characters of valid Unicode',
  })
  .meta({ description: KEY_RULE });

/** Text that would be read as the key null: quotes around it are part of a value's name. */
const QUOTED_NULL = /^"("*null"*)"$/;

/**
 * The key that a path names: `null` is usage without a user or property value, one key like any
 * other. A value of that very name stands in quotes, `"null"`, which are taken off once.
 */
export function keyOf(text: string): string | null {
  if (text === 'null') return null;
  return QUOTED_NULL.exec(text)?.[1] ?? text;
}

/** Path of one key's own ceiling. */
export const ceilingPathSchema = customerPathSchema.extend({
  limit: nameSchema,
  key: scopeKeySchema,
});

/** Body of PUT …/limits/{limit}/{key}. */
export const ceilingRequestSchema = z
  .strictObject({
    max: quantitySchema.nullable().meta({
      description: "In the limit's own measure; null: the plan's value again",
    }),
  })
  .meta({ id: 'CeilingRequest' });

/** The customer, and where the limit stands for that key. */
export const ceilingSchema = customerSchema
  .extend({ limit: limitSchema.nullable() })
  .meta({ id: 'CustomerWithLimit' });
