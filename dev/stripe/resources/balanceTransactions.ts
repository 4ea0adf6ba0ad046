import { newId } from '../state/ids.js';
import { type Call, type Route, idAt } from '../http/call.js';
import { newestFirst, page, pageRequest } from '../http/pages.js';

/** Changes a customer's balance by hand: negative is credit. */
function create(call: Call): object {
  const { account, params } = call;
  const customer = account.customer(idAt(call, 0));
  account.needStill(customer.id);
  const amount = params.needInteger('amount');
  const ending = customer.balance + amount;
  account.store.patch('customer', customer.id, { balance: ending });
  return account.store.put('balanceTransaction', {
    id: newId('cbtxn'),
    object: 'customer_balance_transaction',
    amount,
    checkout_session: null,
    created: account.now(customer.id),
    credit_note: null,
    currency: params.needText('currency', 3),
    customer: customer.id,
    customer_account: null,
    description: params.text('description') ?? null,
    ending_balance: ending,
    invoice: null,
    livemode: false,
    metadata: params.metadata(),
    type: 'adjustment',
  });
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
];
