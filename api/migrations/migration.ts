import { z } from 'zod';
import type { Mode, PlanSnapshot, PublishedCatalogue } from '../../billing/catalogue.js';
import { planKey } from '../../billing/customer/periods/segments.js';
import { invalidRequest, type Fault } from '../errors/problem.js';
import { shown } from '../http/inspect.js';
import type { Catalogues } from '../reading/catalogues.js';
import { planTextSchema } from '../schemas/customer.js';
import { cursorSchema } from '../schemas/list.js';
import { parsePlanName, type PlanWish } from '../schemas/planName.js';
import { idSchema } from '../schemas/text.js';

/** What a migration is asked for: from which version to which one, and of whom. */

/** Customers that one request looks at: the most, and unless told otherwise. */
export const CUSTOMERS_MAX = 1000;

const VERSION = /^(?:([A-Za-z0-9_-]{1,64})@)?([1-9]\d{0,8})$/;

const versionSchema = z
  .union([z.number().int().min(1).max(999_999_999), z.string().regex(VERSION)], {
    error: 'must be a version such as 2',
  })
  .meta({ example: 2, description: 'The version to move to; `2` or `pro@2`' });

/** Body of POST /v1/migrations. */
export const migrationRequestSchema = z
  .strictObject({
    plan: planTextSchema.meta({ description: '`pro@1`, or `pro` for all versions before `to`' }),
    to: versionSchema,
    mode: z.enum(['report', 'apply']).meta({ description: '`report` changes nothing' }),
    customers: z
      .array(idSchema)
      .min(1)
      .max(CUSTOMERS_MAX)
      .optional()
      .meta({ description: 'These alone; otherwise all who are on `plan`, page by page' }),
    limit: z
      .number()
      .int()
      .min(1)
      .max(CUSTOMERS_MAX)
      .optional()
      .meta({ description: `Customers of a page (${CUSTOMERS_MAX})` }),
    cursor: cursorSchema,
  })
  .meta({ id: 'MigrationRequest' });

/** What POST /v1/migrations parses. */
export type MigrationRequest = z.output<typeof migrationRequestSchema>;

/** One migration, its names found. */
export interface Migration {
  /** A version of null: all before `to`. */
  readonly from: PlanWish;
  readonly to: PlanSnapshot;
  readonly catalogue: PublishedCatalogue;
}

/** Finds the versions a request names. @throws Problem `invalid_request` with all its faults. */
export async function migrationOf(
  catalogues: Catalogues,
  mode: Mode,
  body: MigrationRequest,
): Promise<Migration> {
  const from = parsePlanName(body.plan);
  if (!from) throw new Error(`the schema let ${body.plan} pass`);
  const [, id = from.id, version = ''] = VERSION.exec(String(body.to)) ?? [];
  const to = await catalogues.snapshot(mode, { id: from.id, version: Number(version) });
  const faults = [
    ...(await planFaults(catalogues, mode, from)),
    ...toFaults(from, { id, version: Number(version) }, to !== null),
    ...pageFaults(body),
  ];
  if (faults.length > 0 || !to) throw invalidRequest(faults);
  return { from, to, catalogue: await catalogues.require(mode) };
}

async function planFaults(
  catalogues: Catalogues,
  mode: Mode,
  from: PlanWish,
): Promise<readonly Fault[]> {
  if (await catalogues.snapshot(mode, from)) return [];
  const name = from.version === null ? from.id : `${from.id}@${from.version}`;
  const detail = `There is no plan ${shown(name)} in the published catalogue.`;
  return [{ detail, pointer: '/plan' }];
}

function toFaults(
  from: PlanWish,
  to: { readonly id: string; readonly version: number },
  isPublished: boolean,
): readonly Fault[] {
  const fault = (detail: string): readonly Fault[] => [{ detail, pointer: '/to' }];
  if (to.id !== from.id) {
    return fault(`${shown(planKey(to))} is no version of ${shown(from.id)}.`);
  }
  if (!isPublished) return fault(`There is no ${shown(planKey(to))} in the published catalogue.`);
  if (to.version !== from.version) return [];
  return fault(`${shown(planKey(to))} is the version that they are on.`);
}

function pageFaults({ customers, limit, cursor }: MigrationRequest): readonly Fault[] {
  if (!customers) return [];
  const given = Object.entries({ limit, cursor }).filter(([, value]) => value !== undefined);
  return given.map(([name]) => {
    return { detail: `${name} belongs to pages; customers were named.`, pointer: `/${name}` };
  });
}

/** True for a version that the migration is about. */
export function isMigrated(
  { from, to }: Migration,
  plan: { readonly id: string; readonly version: number } | null,
): boolean {
  if (plan?.id !== from.id) return false;
  return from.version === null ? plan.version < to.version : plan.version === from.version;
}
