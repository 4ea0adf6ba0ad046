import { z } from 'zod';
import { statusOf } from '../../billing/customer/reads/row.js';
import type { Mode } from '../../billing/catalogue.js';
import type { EventFilter, LogReader, RecordedEvent } from '../../ledger/contract.js';
import { Problem } from '../errors/problem.js';
import { shown } from '../http/inspect.js';
import { callerOf, operation, type Answer, type Call, type Operation } from '../http/operation.js';
import type { Catalogues } from '../reading/catalogues.js';
import type { CustomerRows } from '../reading/customerRows.js';
import type { Standings } from '../reading/standings.js';
import { eventPathSchema, recordedEventSchema } from '../schemas/event.js';
import { instantTextSchema, parseInstant } from '../schemas/instant.js';
import {
  cursorSchema,
  limitOf,
  limitSchema,
  openCursor,
  pageSchema,
  sealCursor,
} from '../schemas/list.js';
import { idSchema, nameSchema } from '../schemas/text.js';
import { eventBody, planAt } from './read.js';

/** GET /v1/events and /v1/events/{id}. */

/** What reading events stands on. */
export interface ReadOperationPorts {
  readonly log: LogReader;
  readonly rows: CustomerRows;
  readonly standings: Standings;
  readonly catalogues: Catalogues;
}

const listQuery = z.strictObject({
  customer: idSchema,
  user: idSchema.optional(),
  meter: nameSchema.optional(),
  property: z.record(nameSchema, z.string().max(512)).optional(),
  from: instantTextSchema.optional(),
  to: instantTextSchema.optional(),
  limit: limitSchema,
  cursor: cursorSchema,
});

type ListQuery = z.output<typeof listQuery>;

/** How events of one customer are shown: its plans decide what is unpriced. */
async function viewOf(ports: ReadOperationPorts, mode: Mode, customer: string) {
  const [row, catalogue] = await Promise.all([
    ports.rows.find(mode, customer),
    ports.catalogues.find(mode),
  ]);
  // Events stay readable from the ledger alone while Temporal is away.
  const state = row ? await ports.standings.ofWorkflow(row.key).catch(() => null) : null;
  const plan = planAt(state, row?.plan ?? null, catalogue);
  const status = state ? statusOf(state) : (row?.status ?? 'active');
  return (event: RecordedEvent) => eventBody(event, plan, status);
}

function filterOf(mode: Mode, query: ListQuery): EventFilter {
  const { customer, user, meter, property, from, to, limit, cursor } = query;
  return {
    mode,
    customer,
    user,
    meter,
    properties: property,
    fromMs: from === undefined ? undefined : (parseInstant(from) ?? undefined),
    toMs: to === undefined ? undefined : (parseInstant(to) ?? undefined),
    limit: limitOf(limit),
    after: openCursor(cursor),
  };
}

const STREAM_PAGE = 1000;

/** Every matching event, page after page; back-pressure comes from the reader. */
async function* allEvents(
  log: LogReader,
  filter: EventFilter,
  show: (event: RecordedEvent) => unknown,
  gone: AbortSignal,
): AsyncGenerator<unknown> {
  let after = filter.after;
  do {
    const page = await log.events({ ...filter, limit: STREAM_PAGE, after });
    for (const event of page.events) yield show(event);
    after = page.nextCursor ?? undefined;
  } while (after !== undefined && !gone.aborted);
}

/** Of a customer that is deleted nothing is told. */
async function* none(): AsyncGenerator<never> {}

function wantsLines(call: Pick<Call, 'header'>): boolean {
  return (call.header('accept') ?? '').toLowerCase().includes('application/x-ndjson');
}

/** Lists events newest first; with `Accept: application/x-ndjson` all of them as a stream. */
export function listEvents(ports: ReadOperationPorts): Operation {
  return operation({
    method: 'get',
    path: '/v1/events',
    name: 'listEvents',
    summary: 'Events of a customer, newest first; application/x-ndjson streams all',
    tag: 'Events',
    access: 'secret',
    querySchema: listQuery,
    answers: { 200: { description: 'A page', schema: pageSchema(recordedEventSchema) } },
    problems: ['invalid_request', 'unavailable'],
    async handle(call): Promise<Answer> {
      const { mode } = callerOf(call);
      const show = await viewOf(ports, mode, call.query.customer);
      const filter = filterOf(mode, call.query);
      const isGone = ports.rows.deleted(mode, filter.customer) !== null;
      if (wantsLines(call)) {
        const lines = isGone ? none() : allEvents(ports.log, filter, show, call.gone);
        return { status: 200, lines };
      }
      if (isGone) return { status: 200, body: { data: [], nextCursor: null } };
      const page = await ports.log.events(filter);
      const data = page.events.map(show);
      return { status: 200, body: { data, nextCursor: sealCursor(page.nextCursor) } };
    },
  });
}

/** One event by its id; of a CloudEvent the id that lists show (`ce/…`). */
export function getEvent(ports: ReadOperationPorts): Operation {
  return operation({
    method: 'get',
    path: '/v1/events/{id}',
    name: 'getEvent',
    summary: 'One event',
    tag: 'Events',
    access: 'secret',
    pathSchema: eventPathSchema,
    querySchema: z.strictObject({ customer: idSchema }),
    answers: { 200: { description: 'The event', schema: recordedEventSchema } },
    problems: ['invalid_request', 'not_found', 'unavailable'],
    async handle(call) {
      const { mode } = callerOf(call);
      const { customer } = call.query;
      const row = await ports.rows.find(mode, customer);
      const key = row?.key ?? ports.rows.nextKey(mode, customer);
      const found = key && (await ports.log.entry(key, call.path.id));
      if (!found || found.entry.kind !== 'usage') {
        const detail = `${shown(customer)} has no event ${shown(call.path.id)}.`;
        throw new Problem('not_found', detail);
      }
      const { entry, number, recordedAtMs } = found;
      const taken = await ports.log.entry(key, `void/${entry.id}`);
      const show = await viewOf(ports, mode, customer);
      const voided = taken !== null;
      return { status: 200, body: show({ customer, entry, number, recordedAtMs, voided }) };
    },
  });
}
