import { z } from 'zod';
import { planNameSchema } from './customer.js';

/** Invoices as they are read (CONTRACT §4.6). */

const instant = z.string().meta({ format: 'date-time' });

const periodSchema = z.object({ start: instant, end: instant }).meta({ id: 'Period' });

/** One line; `amountMinor` in whole minor units. */
export const invoiceLineSchema = z
  .object({
    ref: z.string().meta({ example: 'tokens/tier-2' }),
    meter: z.string().optional(),
    description: z.string(),
    period: periodSchema,
    quantity: z.union([z.number(), z.string()]),
    packages: z.number().int().optional(),
    unitAmountMinor: z.string().meta({ example: '0.0005', description: 'Exact decimal' }),
    amountMinor: z.number().int(),
  })
  .meta({ id: 'InvoiceLine' });

/** One invoice. */
export const invoiceSchema = z
  .object({
    id: z.string(),
    number: z.string().nullable(),
    customer: z.string(),
    plan: planNameSchema,
    currency: z.string(),
    reason: z.enum(['start', 'cycle', 'final', 'late']),
    status: z.enum(['draft', 'inReview', 'finalized', 'paid', 'uncollectible', 'void']),
    period: periodSchema,
    lines: z.array(invoiceLineSchema),
    subtotalMinor: z.number().int(),
    adjustmentsMinor: z.number().int(),
    discountMinor: z.number().int(),
    taxMinor: z.number().int(),
    totalMinor: z.number().int(),
    amountDueMinor: z.number().int(),
    finalizedAt: instant.nullable(),
    paidAt: instant.nullable(),
    hostedUrl: z.string().nullable(),
    stripe: z
      .object({
        invoice: z.string(),
        subtotalMinor: z.number().int(),
        totalMinor: z.number().int(),
      })
      .nullable(),
    review: z
      .object({
        reason: z.enum(['spike', 'mismatch', 'unreported', 'unpaid', 'operator']),
        since: instant,
        detail: z.string(),
        predictedMinor: z.number().int(),
        stripeMinor: z.number().int(),
      })
      .nullable(),
  })
  .meta({ id: 'Invoice' });

/** The invoice to come, and the open period. */
export const previewSchema = z
  .object({
    next: z.looseObject({ lines: z.array(invoiceLineSchema), subtotalMinor: z.number().int() }),
    period: z.looseObject({
      accruedAmountMinor: z.number().int(),
      projectedAmountMinor: z.number().int(),
      lowAmountMinor: z.number().int(),
      highAmountMinor: z.number().int(),
      overIncluded: z.record(z.string(), z.number()),
      sentence: z.string(),
    }),
  })
  .meta({ id: 'InvoicePreview' });

/** What a change of plan would bill. */
export const planPreviewSchema = z
  .object({
    effectiveAt: instant,
    invoices: z.array(
      z.looseObject({ lines: z.array(invoiceLineSchema), subtotalMinor: z.number().int() }),
    ),
  })
  .meta({ id: 'PlanPreview' });
