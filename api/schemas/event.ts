import { z } from 'zod';
import { instantTextSchema } from './instant.js';
import {
  eventIdSchema,
  idSchema,
  isEventId,
  isName,
  isPropertyText,
  nameSchema,
  quantitySchema,
} from './text.js';

/** Usage events as callers send and read them (CONTRACT §3.2). */

/** Most meters one event may name. */
export const METERS_MAX = 100;

/** Most properties of one event. */
export const PROPERTIES_MAX = 20;

/** Most events of one request. */
export const EVENTS_MAX = 1000;

/** What a fault says a property's value must be. */
export const PROPERTY_RULE = 'must be a string of up to 512 characters, a number or a boolean';

/** Quantities by reported meter. */
export const quantitiesSchema = z
  .record(nameSchema, quantitySchema)
  .refine((map) => Object.keys(map).every(isName), { message: 'has a name that is not allowed' })
  .refine((map) => Object.keys(map).length >= 1 && Object.keys(map).length <= METERS_MAX, {
    message: `must name 1 to ${METERS_MAX} meters`,
  });

const propertyValue = z.union([
  z.string().refine(isPropertyText, { message: PROPERTY_RULE }),
  z.number(),
  z.boolean(),
]);

/** Properties by name. */
export const propertiesSchema = z
  .record(nameSchema, propertyValue)
  .refine((map) => Object.keys(map).every(isName), { message: 'has a name that is not allowed' })
  .refine((map) => Object.keys(map).length <= PROPERTIES_MAX, {
    message: `must have at most ${PROPERTIES_MAX} properties`,
  });

const common = {
  id: eventIdSchema,
  customer: idSchema,
  user: idSchema.optional(),
  timestamp: instantTextSchema.optional(),
  properties: propertiesSchema.optional(),
  cacheHit: z.boolean().optional(),
  lease: idSchema.optional(),
};

/** One event; `meter` and `quantity` are the short form of one quantity. */
export const eventSchema = z
  .union([
    z.strictObject({ ...common, quantities: quantitiesSchema }),
    z.strictObject({ ...common, meter: nameSchema, quantity: quantitySchema }),
  ])
  .meta({ id: 'UsageEvent' });

/** A batch of events. */
export const batchSchema = z
  .strictObject({ events: z.array(eventSchema).min(1).max(EVENTS_MAX) })
  .meta({ id: 'UsageEventBatch' });

const outcome = {
  id: z.string(),
  status: z.enum(['recorded', 'duplicate', 'conflict', 'free', 'rejected']),
  unpriced: z.boolean().optional(),
  writeOff: z.record(z.string(), z.number()).optional(),
};

/** Answer to one event. */
export const outcomeSchema = z.object(outcome).meta({ id: 'EventOutcome' });

/** Answer to a batch: counts, and one result an event, in order. */
export const batchOutcomeSchema = z
  .object({
    recorded: z.number().int(),
    duplicate: z.number().int(),
    conflict: z.number().int(),
    free: z.number().int(),
    rejected: z.number().int(),
    results: z.array(
      z.object({ ...outcome, id: z.string().nullable(), code: z.string(), detail: z.string() })
        .partial({ code: true, detail: true }),
    ),
  })
  .meta({ id: 'EventBatchOutcome' });

/** A CloudEvent in structured mode (CloudEvents 1.0); extensions are ignored. */
export const cloudEventSchema = z
  .object({
    specversion: z.literal('1.0'),
    id: z.string().min(1).max(255),
    source: z.string().min(1).max(1024),
    type: nameSchema.meta({ description: 'The meter' }),
    subject: idSchema.meta({ description: 'The customer' }),
    time: instantTextSchema.optional(),
    data: z
      .object({
        quantity: quantitySchema.optional(),
        quantities: quantitiesSchema.optional(),
        user: idSchema.optional(),
      })
      .loose(),
  })
  .loose()
  .meta({ id: 'CloudEvent' });

const CLOUD_EVENT_ID = /^ce\/[A-Za-z0-9_-]{43}$/;

/** Path of one event; of a CloudEvent the id that lists show (`ce/…`). */
export const eventPathSchema = z.strictObject({
  id: z.string().refine((id) => isEventId(id) || CLOUD_EVENT_ID.test(id), {
    message: 'must be the id of an event',
  }),
});

/** An event as it is read. */
export const recordedEventSchema = z
  .object({
    id: z.string(),
    customer: z.string(),
    user: z.string().nullable(),
    quantities: z.record(z.string(), z.number()),
    timestamp: z.string(),
    recordedAt: z.string(),
    properties: z.record(z.string(), propertyValue),
    status: z.enum(['recorded', 'free', 'voided']),
    unpriced: z.boolean(),
    writeOff: z.record(z.string(), z.number()).nullable(),
    reservation: z.string().nullable(),
    lease: z.string().nullable(),
  })
  .meta({ id: 'RecordedEvent' });
