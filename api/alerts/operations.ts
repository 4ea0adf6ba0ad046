import { z } from 'zod';
import { instantText } from '../../billing/customer/invoice/invoicing.js';
import type { Mode } from '../../billing/catalogue.js';
import type { AlertStore, StoredAlert } from '../../ledger/stores/alertStore.js';
import { requireCustomer, type CustomerSources } from '../customers/read.js';
import { invalidRequest } from '../errors/problem.js';
import { callerOf, operation, type Operation } from '../http/operation.js';
import { alertSchema } from '../schemas/alert.js';
import { customerPathSchema } from '../schemas/customer.js';
import {
  cursorSchema,
  limitOf,
  limitSchema,
  openCursor,
  pageSchema,
  sealCursor,
} from '../schemas/list.js';

/** Alerts that were raised, and whom they have reached (CONTRACT §3.4). */

/** What alerts' operations stand on. */
export interface AlertOperationPorts extends CustomerSources {
  readonly alerts: Pick<AlertStore, 'list'>;
}

/** What the store gives as `nextCursor`. */
const PLACE = /^\d{15}\/[\w-]+$/;

const querySchema = z.strictObject({ limit: limitSchema, cursor: cursorSchema });

type PageQuery = z.infer<typeof querySchema>;

/** One alert as answers show it. */
export function alertBody({ id, type, customer, timestampMs, details, deliveries }: StoredAlert) {
  return {
    id,
    type,
    customer,
    timestamp: instantText(timestampMs),
    details,
    deliveries: deliveries.map(({ to, status, attempts, lastAtMs }) => ({
      to,
      status,
      attempts,
      lastAt: lastAtMs === null ? null : instantText(lastAtMs),
    })),
  };
}

async function page(
  { alerts }: AlertOperationPorts,
  mode: Mode,
  { limit, cursor }: PageQuery,
  customer?: string,
) {
  const after = openCursor(cursor);
  if (after !== undefined && !PLACE.test(after)) {
    const detail = 'cursor must be the nextCursor of a page.';
    throw invalidRequest([{ detail, parameter: 'cursor' }]);
  }
  const found = await alerts.list({ mode, customer, after, limit: limitOf(limit) });
  const data = found.alerts.map(alertBody);
  return { status: 200, body: { data, nextCursor: sealCursor(found.nextCursor) } };
}

function listAlerts(ports: AlertOperationPorts): Operation {
  return operation({
    method: 'get',
    path: '/v1/alerts',
    name: 'listAlerts',
    summary: 'Alerts of all customers, newest first',
    tag: 'Money',
    access: 'secret',
    querySchema,
    answers: { 200: { description: 'A page', schema: pageSchema(alertSchema) } },
    problems: ['invalid_request', 'unavailable'],
    handle: (call) => page(ports, callerOf(call).mode, call.query),
  });
}

function listCustomerAlerts(ports: AlertOperationPorts): Operation {
  return operation({
    method: 'get',
    path: '/v1/customers/{id}/alerts',
    name: 'listCustomerAlerts',
    summary: "A customer's alerts, newest first",
    tag: 'Money',
    access: 'secret',
    pathSchema: customerPathSchema,
    querySchema,
    answers: { 200: { description: 'A page', schema: pageSchema(alertSchema) } },
    problems: ['invalid_request', 'not_found', 'unavailable'],
    async handle(call) {
      const { mode } = callerOf(call);
      const { id } = call.path;
      if (!(await ports.rows.fresh(mode, id))) await requireCustomer(ports, mode, id);
      return page(ports, mode, call.query, id);
    },
  });
}

/** Operations on alerts. */
export function alertOperations(ports: AlertOperationPorts): Operation[] {
  return [listCustomerAlerts(ports), listAlerts(ports)];
}
