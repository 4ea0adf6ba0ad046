import type { Account } from './account.js';
import type { Reply } from './http/keys.js';
import { linesOf } from './resources/invoiceBody.js';

/** Stand-in for Stripe's hosted page: an invoice for the eye. */
export function invoicePage(account: Account, id: string): Reply {
  const invoice = account.store.get('invoice', id);
  if (!invoice) return page(404, 'No such invoice', '');
  const rows = linesOf(account, id).map((line) => {
    const unitAmount = line.pricing?.unit_amount_decimal ?? '';
    const cells = [escape(line.description ?? ''), unitAmount, String(line.amount)];
    return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  });
  const title = `Invoice ${escape(invoice.number ?? invoice.id)} (${invoice.status})`;
  const head = '<tr><th>Line</th><th>Unit amount</th><th>Amount</th></tr>';
  const sums = `Total ${invoice.total}, due ${invoice.amount_due}, paid ${invoice.amount_paid}`;
  const table = `<table cellpadding="6">${head}${rows.join('')}</table>`;
  return page(200, title, `${table}<p>${sums} (minor units, ${invoice.currency})</p>`);
}

function page(status: number, title: string, body: string): Reply {
  const html = `<!doctype html><meta charset="utf-8"><title>${title}</title><h1>${title}</h1>`;
  return { status, body: html + body, headers: { 'content-type': 'text/html; charset=utf-8' } };
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
