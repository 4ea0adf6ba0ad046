import { moveBalance } from '../cycle/balance.js';
import { missing } from '../http/failure.js';
import { type Call, type Route, idAt } from '../http/call.js';
import { newestFirst, page, pageRequest } from '../http/pages.js';

/** Changes a customer's balance by hand: negative is credit. */
function create(call: Call): object {
  const { account, params } = call;
  const customer = account.customer(idAt(call, 0));
  account.needStill(customer.id);
  const amount = params.needInteger('amount');
  return moveBalance(account, customer.id, {
    amountMinor: amount,
    currency: params.needText('currency', 3),
    type: 'adjustment',
    at: account.now(customer.id),
    description: params.text('description') ?? null,
    metadata: params.metadata(),
  });
}

function retrieve(call: Call): object {
  const transaction = call.account.store.get('balanceTransaction', idAt(call, 1));
  if (transaction?.customer === idAt(call, 0)) return transaction;
  throw missing('customer_balance_transaction', idAt(call, 1));
}

function list(call: Call): object {
  const customer = call.account.customer(idAt(call, 0));
  const rows = newestFirst(call.account.store.group('balanceTransaction', customer.id));
  return page(call, rows, pageRequest(call.params), (row) => row);
}

/** Endpoints of a customer's balance. */
export const balanceTransactionRoutes: readonly Route[] = [
  ['POST', '/v1/customers/:id/balance_transactions', create],
  ['GET', '/v1/customers/:id/balance_transactions', list],
  ['GET', '/v1/customers/:id/balance_transactions/:id', retrieve],
];
