import { z } from 'zod';

/** Alerts as they are read (CONTRACT §3.4, §4.4). */

const instant = z.string().meta({ format: 'date-time' });

const deliverySchema = z
  .object({
    to: z.string().meta({ example: 'https://example.com/hooks/billing' }),
    status: z.enum(['pending', 'delivered', 'failed']),
    attempts: z.number().int(),
    lastAt: instant.nullable(),
  })
  .meta({ id: 'AlertDelivery' });

/** One alert. `details` depend on its type; `timestamp` is the customer's time. */
export const alertSchema = z
  .object({
    id: z.string(),
    type: z.string().meta({ example: 'limit.approaching' }),
    customer: z.string(),
    timestamp: instant,
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    deliveries: z.array(deliverySchema),
  })
  .meta({ id: 'Alert' });
