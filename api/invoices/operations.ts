import { z } from 'zod';
import { invoicePreview } from '../../billing/customer/projection.js';
import { customerNow } from '../../billing/customer/clock.js';
import type { Invoice } from '../../billing/invoice.js';
import type { InvoiceStore } from '../../ledger/stores/contract.js';
import { Problem } from '../errors/problem.js';
import { shown } from '../http/inspect.js';
import { callerOf, operation, type Operation } from '../http/operation.js';
import { requireCustomer, type CustomerSources } from '../customers/read.js';
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

/** Invoices and what the next one will say (CONTRACT §3.4). */

/** What invoices' operations stand on. */
export interface InvoiceOperationPorts extends CustomerSources {
  readonly invoices: InvoiceStore;
  readonly now: () => number;
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
      if (!(await ports.rows.fresh(mode, customer))) await requireCustomer(ports, mode, customer);
      const page = await ports.invoices.list({
        mode,
        customer,
        after: openCursor(call.query.cursor),
        limit: limitOf(call.query.limit),
      });
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
    pathSchema: z.strictObject({ id: idSchema }),
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

/** Operations on invoices. */
export function invoiceOperations(ports: InvoiceOperationPorts): Operation[] {
  return [listInvoices(ports), getInvoice(ports), previewInvoice(ports)];
}
