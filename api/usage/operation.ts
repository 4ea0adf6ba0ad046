import { z } from 'zod';
import { instantText } from '../../billing/customer/invoice/invoicing.js';
import { meterOf } from '../../billing/branches.js';
import type { Mode, PublishedCatalogue } from '../../billing/catalogue.js';
import { floorMinute } from '../../billing/period.js';
import { TotalOutOfRangeError } from '../../billing/totals.js';
import { windowBounds } from '../../billing/windows/calendar.js';
import { requireCustomer, type CustomerSources } from '../customers/read.js';
import { zoneOf } from '../customers/zone.js';
import { invalidRequest, Problem, type Fault } from '../errors/problem.js';
import { shown } from '../http/inspect.js';
import { callerOf, operation, type Operation } from '../http/operation.js';
import type { Catalogues } from '../reading/catalogues.js';
import { instantTextSchema, parseInstant, timezoneSchema } from '../schemas/instant.js';
import { pageSchema } from '../schemas/list.js';
import { idSchema, isName, nameSchema } from '../schemas/text.js';
import { UsageTable, type GroupKey } from './table.js';

/** GET /v1/usage: what was used, in calendar buckets, told apart by user, customer, property. */

/** What usage is read from. */
export interface UsagePorts extends CustomerSources {
  readonly catalogues: Catalogues;
  readonly now: () => number;
}

/** Rows an answer may have; a question that needs more is too wide. */
const ROWS_MAX = 100_000;

/** Buckets follow the clock changes of a zone up to here, so that a search for them has an end. */
const CHANGES_END_MS = Date.UTC(2100, 0, 1);

const groupBySchema = z
  .string()
  .refine((text) => groupKeys(text) !== null, {
    message: 'must be one or two of user, meter, customer, property:NAME, comma separated',
  });

const usageQuery = z.strictObject({
  customer: idSchema.optional(),
  user: idSchema.optional(),
  meter: nameSchema.optional(),
  from: instantTextSchema.optional(),
  to: instantTextSchema.optional(),
  bucket: z.enum(['hour', 'day', 'month', 'total']).default('total'),
  timezone: timezoneSchema.default('UTC'),
  groupBy: groupBySchema.optional(),
});

type UsageQuery = z.output<typeof usageQuery>;

const usageRow = z
  .object({
    start: z.string(),
    meter: z.string(),
    key: z.record(z.string(), z.string().nullable()),
    quantity: z.union([z.number(), z.string()]),
    count: z.number().int(),
    sharePercent: z.string(),
    costMinor: z.string(),
  })
  .meta({ id: 'UsageRow' });

/** Keys of a `groupBy`; `meter` is always one, so it adds nothing. Null: not a list of keys. */
export function groupKeys(text: string): readonly GroupKey[] | null {
  const parts = text.split(',');
  if (parts.length > 2 || new Set(parts).size !== parts.length) return null;
  const known = parts.every((part) => {
    if (part.startsWith('property:')) return isName(part.slice('property:'.length));
    return part === 'user' || part === 'customer' || part === 'meter';
  });
  return known ? (parts.filter((part) => part !== 'meter') as GroupKey[]) : null;
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Default: a customer's open period; of all customers, this month so far in UTC. */
async function defaultSpan(ports: UsagePorts, mode: Mode, customer?: string): Promise<Span> {
  if (customer === undefined) {
    const now = new Date(ports.now());
    return { fromMs: Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1), toMs: now.getTime() };
  }
  const state = await requireCustomer(ports, mode, customer);
  const open = state.segments.at(-1);
  if (!open) throw new Problem('not_found', `${shown(customer)} has no open period.`);
  return { fromMs: open.startMs, toMs: open.endMs };
}

async function spanOf(ports: UsagePorts, mode: Mode, query: UsageQuery): Promise<Span> {
  const { from, to, customer } = query;
  if (customer !== undefined) await requireKnown(ports, mode, customer);
  const span =
    from === undefined || to === undefined ? await defaultSpan(ports, mode, customer) : null;
  const fromMs = from === undefined ? (span?.fromMs ?? 0) : (parseInstant(from) ?? 0);
  const toMs = to === undefined ? (span?.toMs ?? 0) : (parseInstant(to) ?? 0);
  if (fromMs < toMs) return { fromMs: floorMinute(fromMs), toMs };
  const detail = `from must lie before to; ${instantText(fromMs)} and ${instantText(toMs)} were.`;
  throw invalidRequest([{ detail, parameter: 'from' }]);
}

async function requireKnown(ports: UsagePorts, mode: Mode, customer: string): Promise<void> {
  const row = await ports.rows.find(mode, customer);
  if (!row) await requireCustomer(ports, mode, customer);
}

/** Faults of names that the catalogue does not have. */
function nameFaults(
  catalogue: PublishedCatalogue,
  query: UsageQuery,
  groups: readonly GroupKey[],
): readonly Fault[] {
  const { meter } = query;
  const faults: Fault[] = [];
  if (meter !== undefined && !meterOf(catalogue.meters, meter)) {
    const detail = `The meter ${shown(meter)} is not in the catalogue.`;
    faults.push({ detail, parameter: 'meter' });
  }
  for (const group of groups) {
    const property = group.startsWith('property:') ? group.slice('property:'.length) : null;
    if (property === null || catalogue.namedProperties.includes(property)) continue;
    const detail = `The catalogue names no property ${shown(property)}; usage has no sums by it.`;
    faults.push({ detail, parameter: 'groupBy' });
  }
  return faults;
}

async function tableOf(ports: UsagePorts, mode: Mode, query: UsageQuery): Promise<UsageTable> {
  const catalogue = await ports.catalogues.require(mode);
  const groups = query.groupBy === undefined ? [] : (groupKeys(query.groupBy) ?? []);
  const faults = nameFaults(catalogue, query, groups);
  if (faults.length > 0) throw invalidRequest(faults);
  const { customer, user, bucket } = query;
  const span = await spanOf(ports, mode, query);
  const zone = zoneOf(query.timezone, span.fromMs, Math.min(span.toMs, CHANGES_END_MS));
  const table = new UsageTable(catalogue, groups, (atMs) => {
    if (bucket === 'total') return span.fromMs;
    return Math.max(span.fromMs, windowBounds(bucket, zone, atMs).startMs);
  });
  for await (const part of ports.log.sums(mode, { customer, ...span })) {
    for (const row of part.rows) {
      if (user === undefined || row.user === user) table.add(part.customer, row);
    }
    if (table.size > ROWS_MAX) {
      const detail = `The answer would have over ${ROWS_MAX} rows; ask for less at once.`;
      throw invalidRequest([{ detail, parameter: 'groupBy' }]);
    }
  }
  return table;
}

function tooLarge(error: unknown): unknown {
  if (!(error instanceof TotalOutOfRangeError)) return error;
  const detail = `The total of ${error.meter} is over 2^53-1; ask for a shorter time.`;
  return invalidRequest([{ detail, parameter: 'from' }]);
}

/** Declares the operation. */
export function readUsage(ports: UsagePorts): Operation {
  return operation({
    method: 'get',
    path: '/v1/usage',
    name: 'readUsage',
    summary: 'Usage by bucket and key; default: the open period of the customer',
    tag: 'Usage',
    access: 'secret',
    querySchema: usageQuery,
    answers: { 200: { description: 'All rows', schema: pageSchema(usageRow) } },
    problems: ['invalid_request', 'not_found', 'unavailable'],
    async handle(call) {
      const { mode } = callerOf(call);
      const table = await tableOf(ports, mode, call.query).catch((error: unknown) => {
        throw tooLarge(error);
      });
      const data = table
        .rows(call.query.meter)
        .map(({ startMs, ...row }) => ({ start: instantText(startMs), ...row }));
      return { status: 200, body: { data, nextCursor: null } };
    },
  });
}
