import type { Reply } from '../http/keys.js';

/** Text that is safe between tags and in quoted attributes. */
export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A page of the sandbox: a title and what is below it, which is HTML already. */
export function htmlPage(status: number, title: string, body: string): Reply {
  const shown = escape(title);
  const meta = `<!doctype html><html lang="en"><meta charset="utf-8">${VIEWPORT}`;
  const head = `${meta}<title>${shown}</title><style>${STYLE}</style>`;
  const html = `${head}<h1>${shown}</h1><p class="note">Stripe sandbox: no money moves.</p>${body}`;
  return { status, body: html, headers: HEADERS };
}

const VIEWPORT = '<meta name="viewport" content="width=device-width">';

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}' +
  'td,th{padding:.25rem .75rem;text-align:left}.note{color:#555}.bad{color:#a00}' +
  'form{margin:1rem 0}button,select,input{font:inherit;padding:.25rem .75rem}';

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; form-action *",
  'x-content-type-options': 'nosniff',
};

/** Sends the reader elsewhere. */
export function redirect(url: string): Reply {
  return { status: 303, body: '', headers: { location: url, 'content-type': 'text/plain' } };
}

/** A form of one button and some hidden fields; `inside` is HTML. */
export function form(button: string, fields: Record<string, string>, inside = ''): string {
  const hidden = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`,
  );
  return `<form method="post">${hidden.join('')}${inside}<button>${escape(button)}</button></form>`;
}

/** A table of cells that are text. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (tag: string, cells: readonly string[]) =>
    `<tr>${cells.map((cell) => `<${tag}>${escape(cell)}</${tag}>`).join('')}</tr>`;
  return `<table>${row('th', head)}${rows.map((cells) => row('td', cells)).join('')}</table>`;
}

/** Cards to choose from, by name and in words (docs.stripe.com/testing). */
export const CARD_CHOICE =
  '<label>Card <select name="card">' +
  '<option value="pm_card_visa">4242: pays</option>' +
  '<option value="pm_card_mastercard">4444: pays</option>' +
  '<option value="pm_card_chargeCustomerFail">0341: attaches, then declines</option>' +
  '<option value="pm_card_chargeDeclined">0002: declines</option>' +
  '<option value="pm_card_chargeDeclinedInsufficientFunds">9995: insufficient funds</option>' +
  '</select></label> ';
