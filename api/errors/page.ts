import { htmlPage, richText } from '../http/page.js';
import { errorEntry, ERROR_CODES, type ErrorCode } from './codes.js';

/** The page that the `type` of a problem points at: what happened, why, and the way out. */
export function errorPage(code: ErrorCode): string {
  const { status, title, retryable, cause, fix } = errorEntry(code);
  const again = retryable
    ? 'Yes: the very same request can succeed later.'
    : 'No: the same request gives the same answer.';
  return htmlPage(
    title,
    [
      '<table>',
      `<tr><th>Code</th><td><code>${code}</code></td></tr>`,
      `<tr><th>Status</th><td>${status}</td></tr>`,
      `<tr><th>Cause</th><td>${richText(cause)}</td></tr>`,
      `<tr><th>Fix</th><td>${richText(fix)}</td></tr>`,
      `<tr><th>Retry</th><td>${again}</td></tr>`,
      '</table>',
      '<p><a href="/errors">All codes</a></p>',
    ].join('\n'),
  );
}

/** List of all codes. */
export function errorIndexPage(): string {
  const rows = Object.entries(ERROR_CODES).map(
    ([code, { status, title }]) =>
      `<tr><td><a href="/errors/${code}"><code>${code}</code></a></td>` +
      `<td>${status}</td><td>${richText(title)}</td></tr>`,
  );
  return htmlPage('Error codes', `<table>${rows.join('\n')}</table>`);
}
