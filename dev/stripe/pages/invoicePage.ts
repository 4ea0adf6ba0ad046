import type { Account } from '../account.js';
import type { Reply } from '../http/keys.js';
import { linesOf } from '../resources/invoiceBody.js';
import { htmlPage, table } from './html.js';

/** Stand-in for Stripe's hosted page: an invoice for the eye. */
export function invoicePage(account: Account, id: string): Reply {
  const invoice = account.store.get('invoice', id);
  if (!invoice) return htmlPage(404, 'No such invoice', '');
  const rows = linesOf(account, id).map((line) => [
    line.description ?? '',
    line.pricing?.unit_amount_decimal ?? '',
    String(line.amount),
  ]);
  const title = `Invoice ${invoice.number ?? invoice.id} (${invoice.status})`;
  const sums = `Total ${invoice.total}, due ${invoice.amount_due}, paid ${invoice.amount_paid}`;
  const lines = table(['Line', 'Unit amount', 'Amount'], rows);
  return htmlPage(200, title, `${lines}<p>${sums} (minor units, ${invoice.currency})</p>`);
}
