import { z } from 'zod';
import { PLAN_NAME_RULE, parsePlanName } from './planName.js';
import { instantTextSchema, parseInstant, timezoneSchema } from './instant.js';
import { idSchema, isPropertyText, nameSchema } from './text.js';

/** Customers as callers write and read them (CONTRACT §3.1, §4.1). */

const MINUTE_MS = 60_000;

/** A plan as callers name it. */
export const planTextSchema = z
  .string()
  .refine((text) => parsePlanName(text) !== null, { message: PLAN_NAME_RULE })
  .meta({ example: 'pro', description: '`pro` or `pro@2`' });

/** A line of text. */
export const shortText = z
  .string()
  .refine((text) => isPropertyText(text) && text.length > 0, {
    message: 'must be 1-512 characters of valid Unicode',
  });

const emailSchema = shortText.refine((text) => /^[^\s@]{1,320}@[^\s@]{1,190}$/.test(text), {
  message: 'must be an e-mail address',
});

const anchorSchema = instantTextSchema.refine(
  (text) => (parseInstant(text) ?? 0) % MINUTE_MS === 0,
  { message: 'must be a whole minute' },
);

const metadataSchema = z
  .record(nameSchema, shortText)
  .refine((metadata) => Object.keys(metadata).length <= 50, { message: 'has over 50 entries' });

const stripeId = (prefix: string) =>
  z.string().regex(new RegExp(`^${prefix}_[A-Za-z0-9_]{1,250}$`), `must begin with ${prefix}_`);

/** Body of PUT /v1/customers/{id}. Omitted fields stay, `null` empties one. */
export const customerRequestSchema = z
  .strictObject({
    plan: planTextSchema.optional(),
    name: shortText.nullable().optional(),
    email: emailSchema.nullable().optional(),
    timezone: timezoneSchema.nullable().optional(),
    anchor: anchorSchema.optional().meta({ description: 'Start of the first period' }),
    stripeCustomerId: stripeId('cus').optional().meta({ description: 'Billed instead of ours' }),
    stripeSubscriptionId: stripeId('sub').optional().meta({ description: 'Runs: taken over' }),
    metadata: metadataSchema.nullable().optional(),
  })
  .meta({ id: 'CustomerRequest' });

/** What PUT parses. */
export type CustomerRequest = z.output<typeof customerRequestSchema>;

const whenSchema = z.enum(['now', 'periodEnd']);

/** Body of POST …/plan. */
export const planRequestSchema = z
  .strictObject({
    plan: planTextSchema,
    when: whenSchema,
    preview: z.boolean().optional().meta({ description: 'Answers what it would bill' }),
  })
  .meta({ id: 'PlanRequest' });

/** Body of POST …/cancel. */
export const cancelRequestSchema = z
  .strictObject({
    when: whenSchema,
    then: planTextSchema.optional().meta({ description: 'A plan without prices to drop to' }),
  })
  .meta({ id: 'CancelRequest' });

const pageAddressSchema = z
  .url({ protocol: /^https?$/ })
  .max(2_000)
  .meta({ description: 'Where Stripe sends the customer back to' });

/** Body of POST …/checkout. */
export const checkoutRequestSchema = z
  .strictObject({
    plan: planTextSchema,
    successUrl: pageAddressSchema,
    cancelUrl: pageAddressSchema,
  })
  .meta({ id: 'CheckoutRequest' });

/** Body of POST …/billing-portal. */
export const portalRequestSchema = z
  .strictObject({ returnUrl: pageAddressSchema })
  .meta({ id: 'PortalRequest' });

/** Path of one customer. */
export const customerPathSchema = z.strictObject({ id: idSchema });

/** `plan` in answers. */
export const planNameSchema = z
  .object({ id: z.string(), version: z.number().int() })
  .meta({ id: 'PlanName' });

const instantOut = z.string().meta({ format: 'date-time', example: '2026-11-01T00:00:00.000Z' });

const units = z.union([z.number(), z.string()]).meta({
  description: 'Whole units; credits and money as an exact decimal string',
});

/** Usage by reported and derived meter. */
export const usageSchema = z.record(z.string(), z.object({ quantity: units, held: units }));

/** One limit with what stands in it. */
export const limitSchema = z
  .object({
    id: z.string(),
    scope: z.string(),
    key: z.string().nullable(),
    max: z.number(),
    used: units,
    held: units,
    remaining: units,
    enforcement: z.enum(['hard', 'soft']),
    resetsAt: instantOut.nullable(),
    reachedAt: instantOut.nullable(),
  })
  .partial()
  .loose()
  .meta({ id: 'LimitStanding' });

const minor = z.number().int();

const reportingSchema = z
  .object({
    ledger: units,
    accepted: units,
    pending: units,
    inDoubt: units,
    deadLetter: units,
    withheld: units,
    late: units,
  })
  .meta({ id: 'Reporting', description: '`ledger` is the sum of the others' });

/** The body of a customer. */
export const customerSchema = z
  .object({
    id: idSchema,
    now: instantOut.meta({ description: "The customer's clock" }),
    plan: planNameSchema.nullable(),
    status: z.enum(['active', 'trialing', 'incomplete', 'pastDue', 'frozen', 'canceled']),
    scheduled: z
      .object({
        action: z.enum(['plan', 'cancel']),
        plan: planNameSchema.nullable(),
        at: instantOut,
      })
      .nullable(),
    trialEndsAt: instantOut.nullable(),
    period: z
      .object({ start: instantOut, end: instantOut, index: z.number().int() })
      .nullable(),
    usage: usageSchema,
    limits: z.array(limitSchema),
    spend: z
      .object({
        accruedAmountMinor: z.number().int(),
        projectedAmountMinor: z.number().int(),
        softAmountMinor: z.number().int().nullable(),
        hardAmountMinor: z.number().int().nullable(),
      })
      .partial()
      .nullable(),
    credits: z.unknown().nullable(),
    controls: z
      .object({
        overage: z.enum(['allow', 'block']),
        frozen: z.boolean(),
        reason: z.string().nullable(),
        spend: z.object({ softAmountMinor: minor, hardAmountMinor: minor }).partial(),
        limits: z.record(z.string(), z.number().int()),
        grandfathered: z.boolean(),
      })
      .loose(),
    reporting: z.record(z.string(), reportingSchema),
    stripe: z.object({ customer: z.string(), subscription: z.string().nullable() }).nullable(),
    paused: z
      .object({
        behavior: z.enum(['keepAsDraft', 'markUncollectible', 'void', 'noInvoices']),
        resumesAt: instantOut.nullable(),
      })
      .nullable()
      .meta({ description: 'Others have paused it at Stripe' }),
  })
  .loose()
  .meta({ id: 'Customer' });
