import express, { type Express } from 'express';
import swaggerFolder from 'swagger-ui-dist/absolute-path.js';
import type { Operation } from '../http/operation.js';
import { operation } from '../http/operation.js';
import { openApiDocument } from './openapi.js';

/** The API's documentation: the document, and Swagger UI served from our own host. */

const PAGE = [
  '<!doctype html>',
  '<html lang="en">',
  '<head>',
  '<meta charset="utf-8">',
  '<title>Durabill API</title>',
  '<link rel="stylesheet" href="swagger-ui.css">',
  '</head>',
  '<body>',
  '<div id="swagger-ui"></div>',
  '<script src="swagger-ui-bundle.js"></script>',
  '<script src="start.js"></script>',
  '</body>',
  '</html>',
].join('\n');

/** No inline script: the CSP allows none. */
const START = "window.SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui' });\n";

/** GET /openapi.json. */
export function openApiOperation(operations: readonly Operation[]): Operation {
  const document = openApiDocument(operations);
  return operation({
    method: 'get',
    path: '/openapi.json',
    name: 'getOpenApi',
    summary: 'This document',
    tag: 'Operation',
    access: 'public',
    answers: { 200: { description: 'OpenAPI 3.1' } },
    problems: [],
    handle: () => Promise.resolve({ status: 200, body: document }),
  });
}

/** Serves /docs/. */
export function serveDocs(app: Express): void {
  app.get('/docs', (request, response, next) => {
    if (request.path === '/docs') response.redirect(301, '/docs/');
    else next();
  });
  app.get('/docs/', (_request, response) => response.type('html').send(PAGE));
  app.get('/docs/start.js', (_request, response) => response.type('js').send(START));
  app.use('/docs', express.static(swaggerFolder(), { index: false, dotfiles: 'ignore' }));
}
