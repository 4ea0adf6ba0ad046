import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import { Problem } from '../errors/problem.js';
import { answerTo, type Mounting } from './exchange.js';
import { BODY_BYTES_MAX } from './json.js';
import type { Operation } from './operation.js';
import { queryOf } from './query.js';
import { originOf, requestIdOf } from './requestId.js';
import { sendAnswer } from './send.js';

/** Puts operations on the router. */

const readBody = express.raw({ type: () => true, limit: BODY_BYTES_MAX });

function readBodyOf(request: Request, response: Response): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    readBody(request, response, (error?: unknown) => {
      if (error) reject(error instanceof Error ? error : new Error('unreadable body'));
      else resolve(Buffer.isBuffer(request.body) ? request.body : new Uint8Array(0));
    });
  });
}

function handlerOf(operation: Operation, mounting: Mounting): RequestHandler {
  return async (request, response) => {
    response.locals['route'] = operation.path;
    const answer = await answerTo(operation, mounting, {
      headers: request.headers,
      response,
      path: { ...request.params } as Record<string, string>,
      query: queryOf(request.query),
      origin: originOf(request),
      requestId: requestIdOf(response),
      readBody: () => readBodyOf(request, response),
    });
    await sendAnswer(response, answer);
  };
}

/** `/v1/customers/{id}` as Express writes it. */
function expressPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

/** Mounts all operations; a known path with another method answers `method_not_allowed`. */
export function mount(app: Express, operations: readonly Operation[], mounting: Mounting): void {
  for (const operation of operations) {
    app[operation.method](expressPath(operation.path), handlerOf(operation, mounting));
  }
  for (const path of new Set(operations.map((operation) => operation.path))) {
    const methods = operations.filter((operation) => operation.path === path);
    const allow = methods.map((operation) => operation.method.toUpperCase()).join(', ');
    app.all(expressPath(path), (request) => {
      const detail = `${request.method} is not among ${allow}.`;
      throw new Problem('method_not_allowed', detail, { headers: { Allow: allow } });
    });
  }
}
