import { z } from 'zod';
import { creditAmountFault } from '../../billing/credits/lots.js';
import { instantTextSchema } from './instant.js';
import { idSchema } from './text.js';

/** Credits as callers give and read them (CONTRACT §3.1, §4.5). */

const amountSchema = z
  .string()
  .superRefine((amount, context) => {
    const fault = creditAmountFault(amount);
    if (fault !== null) context.addIssue({ code: 'custom', message: fault });
  })
  .meta({ example: '500', description: 'Exact decimal above 0, at most 6 decimals' });

/** Body of POST …/credits. */
export const creditRequestSchema = z
  .strictObject({
    id: idSchema,
    amount: amountSchema,
    kind: z.enum(['purchase', 'promotion', 'refund']),
    expiresAt: instantTextSchema.nullable().optional().meta({ description: 'Absent: never' }),
  })
  .meta({ id: 'CreditRequest' });

/** What POST parses. */
export type CreditRequest = z.output<typeof creditRequestSchema>;

const decimal = z.string().meta({ example: '-0.5' });

/** One entry of the statement. */
export const creditEntrySchema = z
  .object({
    id: z.string().meta({ example: 'credit/order-7' }),
    kind: z.enum(['grant', 'purchase', 'promotion', 'refund', 'rollover', 'burn', 'expiry']),
    amount: decimal,
    balanceAfter: decimal,
    timestamp: z.string().meta({ format: 'date-time' }),
    expiresAt: z.string().optional(),
    from: z.array(z.string()).optional(),
    because: z.object({
      event: z.string().optional(),
      reservation: z.string().optional(),
      period: z.number().int().optional(),
      operator: z.string().optional(),
    }),
  })
  .meta({ id: 'CreditEntry' });
