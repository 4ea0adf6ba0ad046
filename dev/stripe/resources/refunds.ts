import type { Account } from '../account.js';
import { missing } from '../http/failure.js';
import { type Call, type Route, idAt } from '../http/call.js';
import { createdFilter, newestFirst, page, pageRequest } from '../http/pages.js';
import { newId } from '../state/ids.js';
import type { Kinds } from '../state/records.js';
import { withoutHidden } from '../wire.js';

/** Refunds a part of an invoice's payment. @returns the refund's id. */
export function putRefund(
  account: Account,
  invoice: Kinds['invoice'],
  amount: number,
  at: number,
): string {
  const [payment] = account.store.group('invoicePayment', invoice.id);
  const refund = account.store.put('refund', {
    id: newId('re'),
    object: 'refund',
    amount,
    balance_transaction: null,
    charge: null,
    created: at,
    currency: invoice.currency,
    customer: invoice.customer,
    customer_account: null,
    hidden: { invoice: invoice.id },
    metadata: {},
    payment_intent: payment?.payment.payment_intent ?? null,
    payment_method: null,
    reason: null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
  });
  account.emit('refund.created', withoutHidden(refund), at);
  return refund.id;
}

function retrieve(call: Call): object {
  const refund = call.account.store.get('refund', idAt(call, 0));
  if (!refund) throw missing('refund', idAt(call, 0));
  return withoutHidden(refund);
}

function list(call: Call): object {
  const intent = call.params.text('payment_intent');
  const created = createdFilter(call.params);
  const rows = call.account.store
    .all('refund')
    .filter((refund) => !intent || refund.payment_intent === intent)
    .filter((refund) => created(refund.created));
  return page(call, newestFirst(rows), pageRequest(call.params), withoutHidden);
}

/** Endpoints of refunds; credit notes make them. */
export const refundRoutes: readonly Route[] = [
  ['GET', '/v1/refunds', list],
  ['GET', '/v1/refunds/:id', retrieve],
];
