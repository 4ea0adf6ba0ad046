import { z } from 'zod';
import type { CustomerStatus, CustomerState } from '../../billing/state.js';
import { customerBody } from '../../billing/customer/reads/standing.js';
import { instantText } from '../../billing/customer/invoice/invoicing.js';
import { customerNow } from '../../billing/customer/clock.js';
import type { CustomerStore } from '../../ledger/stores/contract.js';
import { idempotencyKey } from '../http/idempotency.js';
import { callerOf, operation, type Operation } from '../http/operation.js';
import { inLanes } from '../reading/lanes.js';
import {
  customerPathSchema,
  customerRequestSchema,
  customerSchema,
  planTextSchema,
} from '../schemas/customer.js';
import {
  cursorSchema,
  limitOf,
  limitSchema,
  openCursor,
  pageSchema,
  sealCursor,
} from '../schemas/list.js';
import { clockRequestSchema, type TestClock } from './clock.js';
import type { CustomerWriter } from './put.js';
import { deleteCustomer, type DeletionPorts } from './deletion.js';
import { requireCustomer, type CustomerSources } from './read.js';

/** What customers' operations stand on. */
export interface CustomerOperationPorts extends CustomerSources, DeletionPorts {
  readonly store: CustomerStore;
  readonly writer: CustomerWriter;
  readonly clock: TestClock;
  readonly now: () => number;
}

const STATUSES = ['active', 'trialing', 'incomplete', 'pastDue', 'frozen', 'canceled'] as const;

function putCustomer(ports: CustomerOperationPorts): Operation {
  return operation({
    method: 'put',
    path: '/v1/customers/{id}',
    name: 'putCustomer',
    summary: 'Make or change a customer; safe at each login',
    tag: 'Customers',
    access: 'secret',
    pathSchema: customerPathSchema,
    bodySchema: customerRequestSchema,
    answers: {
      200: { description: 'The customer as it is now', schema: customerSchema },
      201: { description: 'Made', schema: customerSchema },
    },
    problems: ['invalid_request', 'payment_required', 'conflict', 'unavailable'],
    async handle(call) {
      const { mode } = callerOf(call);
      const { made, state } = await ports.writer.put(mode, call.path.id, call.body, call.gone);
      return { status: made ? 201 : 200, body: customerBody(state, ports.now()) };
    },
  });
}

function getCustomer(ports: CustomerOperationPorts): Operation {
  return operation({
    method: 'get',
    path: '/v1/customers/{id}',
    name: 'getCustomer',
    summary: 'One customer: plan, period, usage, limits, spend, reporting',
    tag: 'Customers',
    access: 'secret',
    pathSchema: customerPathSchema,
    answers: { 200: { description: 'The customer', schema: customerSchema } },
    problems: ['invalid_request', 'not_found', 'unavailable'],
    async handle(call) {
      const state = await requireCustomer(ports, callerOf(call).mode, call.path.id);
      return { status: 200, body: customerBody(state, ports.now()) };
    },
  });
}

function listCustomers(ports: CustomerOperationPorts): Operation {
  return operation({
    method: 'get',
    path: '/v1/customers',
    name: 'listCustomers',
    summary: 'Customers in order of id',
    tag: 'Customers',
    access: 'secret',
    querySchema: z.strictObject({
      plan: planTextSchema.optional(),
      status: z.enum(STATUSES).optional(),
      limit: limitSchema,
      cursor: cursorSchema,
    }),
    answers: { 200: { description: 'A page', schema: pageSchema(customerSchema) } },
    problems: ['invalid_request', 'unavailable'],
    async handle(call) {
      const { mode } = callerOf(call);
      const { plan, status, limit, cursor } = call.query;
      const wanted = limitOf(limit);
      const rows = await ports.store.list({
        mode,
        plan,
        status: status satisfies CustomerStatus | undefined,
        after: openCursor(cursor),
        limit: wanted,
      });
      const states = await inLanes(rows, (row) => ports.standings.fresh(row.key));
      const found = states.filter((state): state is CustomerState => state !== null);
      const last = rows.length === wanted ? (rows.at(-1)?.key.customer ?? null) : null;
      const data = found.map((state) => customerBody(state, ports.now()));
      return { status: 200, body: { data, nextCursor: sealCursor(last) } };
    },
  });
}

function moveClock(ports: CustomerOperationPorts): Operation {
  return operation({
    method: 'post',
    path: '/v1/test/clock',
    name: 'moveTestClock',
    summary: "Move a test customer's clock forward; answers when all that was due is done",
    tag: 'Test mode',
    access: 'secret',
    testOnly: true,
    idempotent: true,
    bodySchema: clockRequestSchema,
    answers: {
      200: {
        description: 'Where the clock is now',
        schema: z.object({ now: z.string(), customer: customerSchema }),
      },
    },
    problems: ['invalid_request', 'unknown_customer', 'unavailable'],
    async handle(call) {
      const key = idempotencyKey(call.header('idempotency-key'));
      const state = await ports.clock.move(call.body, key, call.gone);
      const realNowMs = ports.now();
      const now = instantText(customerNow(state, realNowMs));
      return { status: 200, body: { now, customer: customerBody(state, realNowMs) } };
    },
  });
}

/** Operations on customers. */
export function customerOperations(ports: CustomerOperationPorts): Operation[] {
  return [
    putCustomer(ports),
    listCustomers(ports),
    getCustomer(ports),
    deleteCustomer(ports),
    moveClock(ports),
  ];
}
