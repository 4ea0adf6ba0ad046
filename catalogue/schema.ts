import { z } from 'zod';

/**
 * The shape of a catalogue (CONTRACT §2): types, ranges of numbers, no unknown fields. What
 * fields mean to one another is checked by `billing/faults`.
 */

/** Longest name or sentence that people read. */
const TEXT_LENGTH_MAX = 500;

const text = z.string().min(1).max(TEXT_LENGTH_MAX);
const wholeMinor = z.int().min(0).describe('Whole minor units (cents)');
const units = z.int().min(0).describe('Whole units, 0 to 2^53-1');
const someUnits = z.int().min(1).describe('Whole units, 1 to 2^53-1');
const unitAmount = z.string().describe('Minor units for one unit: decimal, at most 12 decimals');
const credits = z.string().describe('Credits: decimal, at most 6 decimals');
const propertyValue = z.union([z.string(), z.number(), z.boolean()], {
  error: 'must be a string, a number or true or false',
});
const oneOrMore = z.union([propertyValue, z.array(propertyValue)], {
  error: 'must be a string, a number, true or false, or a list of them',
});
const where = z
  .record(z.string(), oneOrMore)
  .describe('All names must match; a list is any of; a missing property matches nothing');

const rate = z.strictObject({
  meter: z.string(),
  where: where.optional(),
  creditsPerUnit: credits,
});

const meter = z.strictObject({
  name: text.describe('As invoices and pages show it'),
  unit: text,
  aggregation: z.enum(['sum', 'count', 'max', 'last']),
  of: z.array(z.string()).optional().describe('Derived: counts every report of these meters'),
  where: where.optional(),
  rates: z.array(rate).optional().describe('The meter `credits` alone: the first match wins'),
});

const cost = z.strictObject({
  meter: z.string(),
  where: where.optional(),
  unitCostMinor: unitAmount,
});

const priceOptions = {
  included: units.optional().describe('First units of the period, free'),
  overage: z.enum(['allow', 'block']).optional(),
};

const upTo = z
  .union([someUnits, z.literal('inf')], { error: 'must be a whole number from 1, or "inf"' })
  .describe('Inclusive; the last one is "inf"');

const tier = z.strictObject({
  upTo,
  unitAmountMinor: unitAmount,
  flatAmountMinor: wholeMinor.optional(),
});

const price = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('perUnit'), unitAmountMinor: unitAmount, ...priceOptions }),
  z.strictObject({ type: z.literal('graduated'), tiers: z.array(tier), ...priceOptions }),
  z.strictObject({ type: z.literal('volume'), tiers: z.array(tier), ...priceOptions }),
  z.strictObject({
    type: z.literal('package'),
    size: someUnits,
    packageAmountMinor: unitAmount,
    round: z.enum(['up', 'down']).optional(),
    ...priceOptions,
  }),
]);

const scope = z
  .union([z.literal('customer'), z.literal('user'), z.templateLiteral(['property:', z.string()])], {
    error: 'must be customer, user or property:NAME',
  })
  .describe('Who shares the limit: the payer, each end user, each value of a property');

const limit = z.strictObject({
  id: z.string(),
  meters: z.array(z.string()).describe('They add up and must not overlap'),
  max: units.optional(),
  maxAmountMinor: wholeMinor.optional(),
  window: z.enum(['minute', 'hour', 'day', 'week', 'month', 'period', 'lifetime']),
  sliding: z.boolean().optional().describe('The last minute, hour or day'),
  scope,
  enforcement: z.enum(['hard', 'soft']).optional(),
});

/** Longest trial that Stripe takes. */
const TRIAL_DAYS_MAX = 730;

const change = z.strictObject({
  version: z.int().min(1),
  date: z.iso.date(),
  reason: text,
  effect: text,
});

const plan = z.strictObject({
  version: z.int().min(1).optional(),
  name: text,
  interval: z.enum(['day', 'week', 'month', 'year']),
  baseAmountMinor: wholeMinor.optional(),
  description: text.optional(),
  highlights: z.array(text).optional(),
  order: z.int().optional(),
  public: z.boolean().optional(),
  features: z.record(z.string(), oneOrMore).optional(),
  trial: z
    .strictObject({
      days: z.int().min(1).max(TRIAL_DAYS_MAX),
      cardRequired: z.boolean().optional(),
    })
    .optional(),
  pastDue: z
    .strictObject({
      graceDays: z.int().min(0),
      // The contract's own name; plans are never awaited.
      // oxlint-disable-next-line unicorn/no-thenable
      then: z.string().describe('block, allow or a plan'),
    })
    .optional(),
  creditGrant: z.strictObject({ amount: credits, rolloverMax: credits.optional() }).optional(),
  prices: z.record(z.string(), price).optional().describe('By meter'),
  unlimited: z.array(z.string()).optional().describe('Meters that the plan gives without limit'),
  limits: z.array(limit).optional(),
  spend: z
    .strictObject({
      softAmountMinor: wholeMinor.optional(),
      hardAmountMinor: wholeMinor.optional(),
    })
    .optional(),
  alertsAtPercent: z.array(z.int().min(1).max(1000)).optional(),
  breaker: z.boolean().optional(),
  changes: z.array(change).optional(),
});

/** Checks the shape; issues of all fields at once. */
export const catalogueSchema = z.strictObject({
  $schema: z.string().optional(),
  currency: z.string().describe('usd, eur, gbp or jpy'),
  meters: z.record(z.string(), meter),
  costs: z.array(cost).optional().describe('What units cost you; never shown to customers'),
  plans: z.record(z.string(), plan),
});

/** JSON Schema of the same shape, for editors ("$schema" in a catalogue file). */
export function catalogueJsonSchema(): Record<string, unknown> {
  return { title: 'Durabill catalogue', ...z.toJSONSchema(catalogueSchema) };
}
