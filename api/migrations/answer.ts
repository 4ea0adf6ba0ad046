import { z } from 'zod';
import type { Meter, PlanName } from '../../billing/catalogue.js';
import { instantText } from '../../billing/customer/invoice/invoicing.js';
import type { CustomerKey } from '../../billing/log.js';
import { RANKS, type Percentiles } from '../../billing/migration/percentiles.js';
import { STAY_REASONS } from '../../billing/migration/staying.js';
import { totalsOf, usagePercentiles } from '../../billing/migration/totals.js';
import { scaleOf, shownQuantity } from '../../billing/quantity.js';
import { planNameSchema } from '../schemas/customer.js';
import type { Compared } from './comparing.js';
import type { Migration, MigrationRequest } from './migration.js';
import type { Moved } from './moving.js';

/** What POST /v1/migrations answers. */

const units = z.union([z.number().int(), z.string()]);
const minor = z.number().int();

function spreadSchema<Value extends z.ZodType>(value: Value) {
  const ranks = RANKS.map((rank) => [`p${rank}`, value] as const);
  return z.object({ ...Object.fromEntries(ranks), max: value });
}

const sideSchema = z.object({ customers: minor, amountMinor: minor });

const rowSchema = z
  .object({
    customer: z.string(),
    plan: planNameSchema.nullable(),
    periods: minor.meta({ description: 'Whole periods of the last 90 days; else the open one' }),
    from: z.string().nullable(),
    until: z.string().nullable(),
    usage: z
      .record(z.string(), units)
      .meta({ description: 'By meter, of the period with the most of it' }),
    oldAmountMinor: minor.meta({ description: 'All these periods as the plan is, base included' }),
    newAmountMinor: minor.meta({ description: 'The same usage under `to`' }),
    applied: z.boolean(),
    reason: z.enum(STAY_REASONS).nullable().meta({ description: 'Why it stays where it is' }),
    at: z.string().nullable().meta({ description: 'When it moves, or would' }),
  })
  .meta({ id: 'MigrationRow' });

/** Its body. */
export const migrationSchema = z
  .object({
    plan: z.string(),
    to: planNameSchema,
    mode: z.enum(['report', 'apply']),
    currency: z.string(),
    percentiles: z
      .record(z.string(), spreadSchema(units))
      .meta({ description: 'Usage of a period by meter: a quota of `p95` covers 95 of 100' }),
    totals: z.object({
      customers: minor,
      oldAmountMinor: minor,
      newAmountMinor: minor,
      up: sideSchema,
      down: sideSchema,
      percentiles: z.object({
        oldAmountMinor: spreadSchema(minor),
        newAmountMinor: spreadSchema(minor),
        riseMinor: spreadSchema(minor),
      }),
    }),
    data: z.array(rowSchema),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'Migration' });

/** One customer of a migration. */
export interface MigrationRow extends Compared, Moved {
  readonly key: CustomerKey;
  readonly plan: PlanName | null;
}

const instant = (atMs: number | null | undefined) =>
  typeof atMs === 'number' ? instantText(atMs) : null;

function rowBody(row: MigrationRow, shownOf: (meter: string, quantity: number) => number | string) {
  const { key, plan, periods, units: used, oldAmountMinor, newAmountMinor } = row;
  const usage = Object.entries(used).map(([id, quantity]) => [id, shownOf(id, quantity)] as const);
  return {
    customer: key.customer,
    plan,
    periods: periods.length,
    from: instant(periods[0]?.startMs),
    until: instant(periods.at(-1)?.endMs),
    usage: Object.fromEntries(usage),
    oldAmountMinor,
    newAmountMinor,
    applied: row.applied,
    reason: row.reason,
    at: instant(row.atMs),
  };
}

function spreadBody(
  spread: Percentiles,
  shownOf: (quantity: number) => number | string,
): Percentiles<number | string> {
  const shown = Object.entries(spread).map(([rank, quantity]) => [rank, shownOf(quantity)]);
  return Object.fromEntries(shown) as Percentiles<number | string>;
}

/** The answer: usage, bills and totals of these customers. */
export function migrationBody(
  { to, catalogue }: Migration,
  { plan, mode }: MigrationRequest,
  rows: readonly MigrationRow[],
  nextCursor: string | null,
) {
  const meterOf = (id: string): Meter | undefined => to.meters[id] ?? catalogue.meters[id];
  const shownOf = (id: string, quantity: number) => {
    const meter = meterOf(id);
    return meter ? shownQuantity(quantity, scaleOf(meter)) : quantity;
  };
  const percentiles = Object.entries(usagePercentiles(rows.map(({ units: used }) => used)));
  return {
    plan,
    to: { id: to.id, version: to.version },
    mode,
    currency: to.currency,
    percentiles: Object.fromEntries(
      percentiles.map(([id, spread]) => [id, spreadBody(spread, (each) => shownOf(id, each))]),
    ),
    totals: totalsOf(rows),
    data: rows.map((row) => rowBody(row, shownOf)),
    nextCursor,
  };
}
