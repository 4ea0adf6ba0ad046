import { missing } from '../http/failure.js';
import { type Call, type Route, idAt } from '../http/call.js';
import { createdFilter, newestFirst, page, pageRequest } from '../http/pages.js';

function retrieve(call: Call): object {
  const payment = call.account.store.get('invoicePayment', idAt(call, 0));
  if (!payment) throw missing('invoice_payment', idAt(call, 0));
  return payment;
}

function list(call: Call): object {
  const { store } = call.account;
  const invoice = call.params.text('invoice');
  const status = call.params.choice('status', ['canceled', 'open', 'paid']);
  const created = createdFilter(call.params);
  const rows = (invoice ? store.group('invoicePayment', invoice) : store.all('invoicePayment'))
    .filter((row) => !status || row.status === status)
    .filter((row) => created(row.created));
  return page(call, newestFirst(rows), pageRequest(call.params), (row) => row);
}

/** Endpoints of invoice payments. */
export const invoicePaymentRoutes: readonly Route[] = [
  ['GET', '/v1/invoice_payments', list],
  ['GET', '/v1/invoice_payments/:id', retrieve],
];
