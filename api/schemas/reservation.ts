import { z } from 'zod';
import { limitSchema } from './customer.js';
import { METERS_MAX, propertiesSchema, quantitiesSchema } from './event.js';
import { idSchema, isName, nameSchema, quantitySchema } from './text.js';

/** Decisions as callers ask and read them (CONTRACT §3.3, §4.2, §4.3). */

/** Shortest, usual and longest life of a reservation, ms. */
export const TTL_MS = { min: 1_000, usual: 60_000, max: 86_400_000 } as const;

const TTL_RULE = `must be a whole number of ms from ${TTL_MS.min} to ${TTL_MS.max}`;

const ttlSchema = z
  .number()
  .refine((ms) => Number.isInteger(ms) && ms >= TTL_MS.min && ms <= TTL_MS.max, {
    message: TTL_RULE,
  })
  .meta({ type: 'integer', minimum: TTL_MS.min, maximum: TTL_MS.max });

const asked = {
  customer: idSchema,
  user: idSchema.optional(),
  quantities: quantitiesSchema,
  properties: propertiesSchema.optional(),
};

/** Body of POST /v1/reservations. */
export const reservationRequestSchema = z
  .strictObject({
    id: idSchema.optional().meta({ description: 'Your own id: a repeat is answered the same' }),
    ...asked,
    ttlMs: ttlSchema.optional().meta({ default: TTL_MS.usual }),
  })
  .meta({ id: 'ReservationRequest' });

/** What POST /v1/reservations parses. */
export type ReservationRequest = z.output<typeof reservationRequestSchema>;

/** Body of POST /v1/check: quantities, or one feature of the plan. */
export const checkRequestSchema = z
  .strictObject({
    ...asked,
    quantities: quantitiesSchema.optional(),
    feature: nameSchema.optional(),
  })
  .refine(({ quantities, feature }) => (quantities === undefined) !== (feature === undefined), {
    message: 'must have either quantities or feature',
  })
  .meta({ id: 'CheckRequest' });

/** What POST /v1/check parses. */
export type CheckRequest = z.output<typeof checkRequestSchema>;

/** Path of one reservation. */
export const reservationPathSchema = z.strictObject({ id: idSchema });

const TOKEN_MAX = 1024;

const whose = {
  customer: idSchema.optional(),
  token: z
    .string()
    .refine((token) => token.length >= 1 && token.length <= TOKEN_MAX, {
      message: `must be the token of a reservation, at most ${TOKEN_MAX} characters`,
    })
    .optional(),
};

interface Whose {
  readonly customer?: string | undefined;
  readonly token?: string | undefined;
}

const isNamed = ({ customer, token }: Whose): boolean =>
  customer !== undefined || token !== undefined;
const NAMED_RULE = { message: 'must have customer or token' };

/** What was used: a meter missing in it is 0, so it may be empty. */
const usedSchema = z
  .record(nameSchema, quantitySchema)
  .refine((map) => Object.keys(map).every(isName), { message: 'has a name that is not allowed' })
  .refine((map) => Object.keys(map).length <= METERS_MAX, {
    message: `must name at most ${METERS_MAX} meters`,
  });

/** Body of POST /v1/reservations/{id}/commit. */
export const commitRequestSchema = z
  .strictObject({
    ...whose,
    quantities: usedSchema.optional().meta({ description: 'Left out: all that was reserved' }),
    properties: propertiesSchema.optional(),
    cacheHit: z.boolean().optional().meta({ description: 'true: counts nothing' }),
  })
  .refine(isNamed, NAMED_RULE)
  .meta({ id: 'CommitRequest' });

/** What commit parses. */
export type CommitRequest = z.output<typeof commitRequestSchema>;

/** Body of POST /v1/reservations/{id}/release. */
export const releaseRequestSchema = z
  .strictObject(whose)
  .refine(isNamed, NAMED_RULE)
  .meta({ id: 'ReleaseRequest' });

/** Body of POST /v1/reservations/{id}/extend. */
export const extendRequestSchema = z
  .strictObject({
    ...whose,
    ttlMs: ttlSchema.optional().meta({ description: 'From now' }),
    quantities: quantitiesSchema
      .optional()
      .meta({ description: 'What is to be held in all; never falls' }),
  })
  .refine(isNamed, NAMED_RULE)
  .meta({ id: 'ExtendRequest' });

/** What extend parses. */
export type ExtendRequest = z.output<typeof extendRequestSchema>;

const quantitiesOut = z.record(z.string(), z.number());
const instantOut = z.string().meta({ format: 'date-time' });

/** A reservation as it is answered. */
export const reservationSchema = z
  .object({
    id: z.string(),
    customer: z.string(),
    user: z.string().nullable(),
    status: z.enum(['held', 'committed', 'released', 'expired']),
    quantities: quantitiesOut,
    expiresAt: instantOut.nullable(),
    token: z.string().nullable(),
    committed: quantitiesOut.nullable(),
    writeOff: quantitiesOut.nullable(),
    limits: z.array(limitSchema),
  })
  .meta({ id: 'Reservation' });

/** A lease in a list of what is held. */
export const heldLeaseSchema = z
  .object({ lease: z.string(), quantities: quantitiesOut, expiresAt: instantOut })
  .meta({ id: 'HeldLease' });

/** Answer of a check. */
export const checkSchema = z
  .object({
    allowed: z.boolean(),
    denial: z.object({ code: z.string() }).loose().nullable(),
    limits: z.array(limitSchema),
    features: z.record(z.string(), z.unknown()),
    estimate: z.object({ amountMinor: z.string(), credits: z.string() }),
  })
  .meta({ id: 'CheckResult' });
