import { z } from 'zod';
import { propertiesSchema, quantitiesSchema } from './event.js';
import { idSchema } from './text.js';

/** Leases as callers ask for them and give them back (CONTRACT §3.3). */

/** Shortest and longest life of a caller's lease, ms. */
export const LEASE_TTL_MS = { min: 1_000, max: 60_000 } as const;

const TTL_RULE = `must be a whole number of ms from ${LEASE_TTL_MS.min} to ${LEASE_TTL_MS.max}`;

/** Longest token, characters. */
const TOKEN_MAX = 1024;

/** Body of POST /v1/leases. */
export const leaseRequestSchema = z
  .strictObject({
    customer: idSchema,
    user: idSchema.optional(),
    quantities: quantitiesSchema.meta({
      description: 'All of it or a denial; derived `count` meters may be named, for rate limits',
    }),
    properties: propertiesSchema.optional(),
    ttlMs: z
      .number()
      .refine((ms) => Number.isInteger(ms) && ms >= LEASE_TTL_MS.min && ms <= LEASE_TTL_MS.max, {
        message: TTL_RULE,
      })
      .meta({ type: 'integer', minimum: LEASE_TTL_MS.min, maximum: LEASE_TTL_MS.max }),
  })
  .meta({ id: 'LeaseRequest' });

/** What POST /v1/leases parses. */
export type LeaseRequest = z.output<typeof leaseRequestSchema>;

/** Path of one lease. */
export const leasePathSchema = z.strictObject({ id: idSchema });

/** Body of POST /v1/leases/{id}/return. */
export const leaseReturnSchema = z
  .strictObject({
    customer: idSchema.optional(),
    token: z
      .string()
      .refine((token) => token.length >= 1 && token.length <= TOKEN_MAX, {
        message: `must be the token of a lease, at most ${TOKEN_MAX} characters`,
      })
      .optional(),
    quantities: quantitiesSchema.meta({
      description: 'What is left unused of what was granted; a repeat is harmless',
    }),
  })
  .refine(({ customer, token }) => customer !== undefined || token !== undefined, {
    message: 'must have customer or token',
  })
  .meta({ id: 'LeaseReturn' });

/** What return parses. */
export type LeaseReturn = z.output<typeof leaseReturnSchema>;

const quantitiesOut = z.record(z.string(), z.number());
const instantOut = z.string().meta({ format: 'date-time' });

/** A lease as it is granted. */
export const leaseSchema = z
  .object({
    id: z.string(),
    quantities: quantitiesOut,
    expiresAt: instantOut,
    ttlMs: z.int().meta({ description: 'Time it has left; it may end earlier than asked' }),
    token: z.string(),
  })
  .meta({ id: 'Lease' });

/** A lease after some of it was given back: what events may still use of it in all. */
export const returnedLeaseSchema = z
  .object({ id: z.string(), quantities: quantitiesOut, expiresAt: instantOut })
  .meta({ id: 'ReturnedLease' });
