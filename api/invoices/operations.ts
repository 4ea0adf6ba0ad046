import { z } from 'zod';
import { invoicePreview } from '../../billing/customer/reads/projection.js';
import { customerNow } from '../../billing/customer/clock.js';
import type { Invoice } from '../../billing/invoice.js';
import { invalidRequest, Problem } from '../errors/problem.js';
import { shown } from '../http/inspect.js';
import { callerOf, operation, type Operation } from '../http/operation.js';
import { requireCustomer } from '../customers/read.js';
import { customerPathSchema } from '../schemas/customer.js';
import { invoiceSchema, previewSchema } from '../schemas/invoice.js';
import {
  cursorSchema,
  limitOf,
  limitSchema,
  openCursor,
  pageSchema,
  sealCursor,
} from '../schemas/list.js';
import { idSchema } from '../schemas/text.js';
import {
  actOn,
  invoiceActSchema,
  invoiceCreditSchema,
  type InvoiceActingPorts,
} from './acting.js';
import type { Act } from './judge.js';

/** Invoices and what the next one will say (CONTRACT §3.4). */

/** What invoices' operations stand on. */
export type InvoiceOperationPorts = InvoiceActingPorts;

const invoicePathSchema = z.strictObject({ id: idSchema });

/** What the store gives as `nextCursor`: a place in a customer's list, sealed once more. */
function isPlace(cursor: string): boolean {
  const place = Buffer.from(cursor, 'base64url').toString();
  return /^[-0-9T:.]+Z\/\d\/\S+$/.test(place);
}

function bodyOf({ mode: _mode, id, ...invoice }: Invoice): Omit<Invoice, 'mode'> {
  return { id, ...invoice };
}

function listInvoices(ports: InvoiceOperationPorts): Operation {
  return operation({
    method: 'get',
    path: '/v1/customers/{id}/invoices',
    name: 'listInvoices',
    summary: "A customer's invoices, newest period first",
    tag: 'Money',
    access: 'secret',
    pathSchema: customerPathSchema,
    querySchema: z.strictObject({ limit: limitSchema, cursor: cursorSchema }),
    answers: { 200: { description: 'A page', schema: pageSchema(invoiceSchema) } },
    problems: ['invalid_request', 'not_found', 'unavailable'],
    async handle(call) {
      const { mode } = callerOf(call);
      const { id: customer } = call.path;
      const row = await ports.rows.fresh(mode, customer);
      // Invoices stay when their customer is deleted.
      const isKnown = row ?? ports.rows.deleted(mode, customer);
      if (!isKnown) await requireCustomer(ports, mode, customer);
      const after = openCursor(call.query.cursor);
      if (after !== undefined && !isPlace(after)) {
        const detail = 'cursor must be the nextCursor of a page.';
        throw invalidRequest([{ detail, parameter: 'cursor' }]);
      }
      const limit = limitOf(call.query.limit);
      const page = await ports.invoices.list({ mode, customer, after, limit });
      const data = page.invoices.map(bodyOf);
      return { status: 200, body: { data, nextCursor: sealCursor(page.nextCursor) } };
    },
  });
}

function getInvoice(ports: InvoiceOperationPorts): Operation {
  return operation({
    method: 'get',
    path: '/v1/invoices/{id}',
    name: 'getInvoice',
    summary: 'One invoice with its lines',
    tag: 'Money',
    access: 'secret',
    pathSchema: invoicePathSchema,
    answers: { 200: { description: 'The invoice', schema: invoiceSchema } },
    problems: ['invalid_request', 'not_found', 'unavailable'],
    async handle(call) {
      const { mode } = callerOf(call);
      const invoice = await ports.invoices.find(mode, call.path.id);
      if (invoice) return { status: 200, body: bodyOf(invoice) };
      throw new Problem('not_found', `There is no invoice ${shown(call.path.id)} in ${mode} mode.`);
    },
  });
}

function previewInvoice(ports: InvoiceOperationPorts): Operation {
  return operation({
    method: 'get',
    path: '/v1/customers/{id}/invoice-preview',
    name: 'previewInvoice',
    summary: 'The next invoice as a draft, and where the open period stands',
    tag: 'Money',
    access: 'secret',
    pathSchema: customerPathSchema,
    answers: { 200: { description: 'The preview', schema: previewSchema } },
    problems: ['invalid_request', 'not_found', 'unavailable'],
    async handle(call) {
      const state = await requireCustomer(ports, callerOf(call).mode, call.path.id);
      if (state.segments.length === 0) {
        throw new Problem('not_found', `${shown(call.path.id)} has no open period.`);
      }
      return { status: 200, body: invoicePreview(state, customerNow(state, ports.now())) };
    },
  });
}

/** An operator acts on one invoice; `actOf` reads what is asked of the body. */
function actOperation<Body>(
  ports: InvoiceOperationPorts,
  declared: { readonly action: Act['action']; readonly summary: string },
  bodySchema: z.ZodType<Body>,
  askedOf: (body: Body) => Omit<Act, 'action'>,
): Operation {
  const { action, summary } = declared;
  return operation({
    method: 'post',
    path: `/v1/invoices/{id}/${action}`,
    name: `${action}Invoice`,
    summary,
    tag: 'Money',
    access: 'secret',
    idempotent: true,
    pathSchema: invoicePathSchema,
    bodySchema,
    answers: { 200: { description: 'The invoice as it is then', schema: invoiceSchema } },
    problems: [
      'invalid_request',
      'not_found',
      'conflict',
      'idempotency_key_reused',
      'unavailable',
    ],
    async handle(call) {
      const invoice = await actOn(ports, call, { action, ...askedOf(call.body) });
      return { status: 200, body: bodyOf(invoice) };
    },
  });
}

const APPROVE = {
  action: 'approve',
  summary: 'Let a held invoice go: it is finalised, compared and collected',
} as const;

const HOLD = { action: 'hold', summary: 'Hold an invoice that is not collected yet' } as const;

const CREDIT = {
  action: 'credit',
  summary: 'Give money back: an item of a draft, a credit note of a final invoice',
} as const;

/** Operations on invoices. */
export function invoiceOperations(ports: InvoiceOperationPorts): Operation[] {
  const said = ({ reason = 'operator' }: { readonly reason?: string }) => ({ reason });
  return [
    listInvoices(ports),
    getInvoice(ports),
    previewInvoice(ports),
    actOperation(ports, APPROVE, invoiceActSchema, said),
    actOperation(ports, HOLD, invoiceActSchema, said),
    actOperation(ports, CREDIT, invoiceCreditSchema, (body) => body),
  ];
}
