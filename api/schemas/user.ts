import { z } from 'zod';
import { scopeKeySchema } from './controls.js';
import { customerPathSchema, limitSchema, usageSchema } from './customer.js';

/** One end user of a customer (CONTRACT §4.4). */

/** Path of one end user; `null`: usage without one. */
export const userPathSchema = customerPathSchema.extend({ user: scopeKeySchema });

/** Usage of the open period, and where the limits by user stand. */
export const userSchema = z
  .object({
    user: z.string().nullable(),
    usage: usageSchema,
    limits: z.array(limitSchema),
  })
  .meta({ id: 'CustomerUser' });
