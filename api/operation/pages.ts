import { z } from 'zod';
import { errorIndexPage, errorPage } from '../errors/page.js';
import { isErrorCode } from '../errors/codes.js';
import { Problem } from '../errors/problem.js';
import { shown } from '../http/inspect.js';
import { operation, type Answer, type Operation } from '../http/operation.js';
import { htmlPage, STYLE_SHEET } from '../http/page.js';

/** Pages for people: what this is, and what each error code means. */

function html(content: string): Answer {
  return { status: 200, text: { type: 'text/html; charset=utf-8', content } };
}

const INDEX = htmlPage(
  'Durabill',
  [
    '<p>Usage-based billing for AI products: meter, decide, invoice.</p>',
    '<ul>',
    '<li><a href="/docs/">API documentation</a> (<a href="/openapi.json">OpenAPI 3.1</a>)</li>',
    '<li><a href="/errors">Error codes</a></li>',
    '<li><a href="/v1/plans">Plans</a></li>',
    '<li><a href="/readyz">Readiness</a>, <a href="/metrics">metrics</a></li>',
    '</ul>',
  ].join('\n'),
);

const htmlShape = { 200: { description: 'A page', contentType: 'text/html' } };

function page(path: string, name: string, summary: string, content: string): Operation {
  return operation({
    method: 'get',
    path,
    name,
    summary,
    tag: 'Pages',
    access: 'public',
    answers: htmlShape,
    problems: [],
    handle: () => Promise.resolve(html(content)),
  });
}

/** The pages. */
export function pageOperations(): Operation[] {
  const code = operation({
    method: 'get',
    path: '/errors/{code}',
    name: 'getErrorPage',
    summary: 'What an error code means and what to do',
    tag: 'Pages',
    access: 'public',
    pathSchema: z.strictObject({ code: z.string() }),
    answers: htmlShape,
    problems: ['not_found'],
    handle(call) {
      if (isErrorCode(call.path.code)) return Promise.resolve(html(errorPage(call.path.code)));
      throw new Problem('not_found', `There is no error code ${shown(call.path.code)}.`);
    },
  });
  const style = operation({
    method: 'get',
    path: '/style.css',
    name: 'getStyleSheet',
    summary: 'Style sheet of the pages',
    tag: 'Pages',
    access: 'public',
    answers: { 200: { description: 'CSS', contentType: 'text/css' } },
    problems: [],
    handle: () =>
      Promise.resolve({ status: 200, text: { type: 'text/css', content: STYLE_SHEET } }),
  });
  return [
    page('/', 'getIndex', 'What is here', INDEX),
    page('/errors', 'listErrorPages', 'All error codes', errorIndexPage()),
    code,
    style,
  ];
}
