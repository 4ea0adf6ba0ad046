import { finished } from 'node:stream';
import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import type { IdempotencyStore } from '../../ledger/stores/contract.js';
import { invalidRequest, Problem, type Fault } from '../errors/problem.js';
import { idempotently } from './idempotency.js';
import { inspect, type Place } from './inspect.js';
import { BODY_BYTES_MAX, parseJson, prototypeKeyFaults } from './json.js';
import { authenticate, authorize, type KeyRing } from './keys.js';
import type { Call, Caller, Operation } from './operation.js';
import { queryOf } from './query.js';
import type { RequestLimit } from './rateLimit.js';
import { originOf, requestIdOf } from './requestId.js';
import { sendAnswer } from './send.js';

/** Puts operations on the router: key, limit, body, checks, handler, answer. */

/** What every operation needs around it. */
export interface Mounting {
  readonly keys: KeyRing;
  readonly limit: RequestLimit;
  readonly idempotency: IdempotencyStore;
}

const readBody = express.raw({ type: () => true, limit: BODY_BYTES_MAX });

function readBodyOf(request: Request, response: Response): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    readBody(request, response, (error?: unknown) => {
      if (error) reject(error instanceof Error ? error : new Error('unreadable body'));
      else resolve(Buffer.isBuffer(request.body) ? request.body : new Uint8Array(0));
    });
  });
}

function mediaType(request: Request): string {
  const [type = ''] = (request.headers['content-type'] ?? '').split(';');
  return type.trim().toLowerCase();
}

function checkMediaType(operation: Operation, contentType: string): void {
  const allowed = ['application/json', ...Object.keys(operation.otherBodies ?? {})];
  if (allowed.includes(contentType)) return;
  const detail = `Content-Type must be one of ${allowed.join(', ')}.`;
  throw invalidRequest([{ detail, parameter: 'Content-Type' }]);
}

function bodyOf(operation: Operation, raw: Uint8Array, contentType: string): unknown {
  if (operation.method === 'get' || operation.bodyAs === 'raw') return undefined;
  checkMediaType(operation, contentType);
  const body = parseJson(raw);
  if (operation.bodyAs === 'unchecked') return body;
  const faults = prototypeKeyFaults(body);
  if (faults.length > 0) throw invalidRequest(faults);
  return body;
}

/** Checks path, query and body together, so that all their faults come at once. */
function checked(operation: Operation, given: Readonly<Record<Place, unknown>>) {
  const faults: Fault[] = [];
  const check = (place: Place, schema: Operation['bodySchema']): unknown => {
    if (!schema) return undefined;
    const result = inspect(schema, given[place], place);
    if ('value' in result) return result.value;
    faults.push(...result.faults);
    return undefined;
  };
  const path = check('path', operation.pathSchema);
  const query = check('query', operation.querySchema);
  const ready = operation.bodyAs === 'unchecked' || operation.bodyAs === 'raw';
  const body = ready ? given.body : check('body', operation.bodySchema);
  if (faults.length > 0) throw invalidRequest(faults);
  return { path, query, body };
}

/** Made only for those who wait: a signal costs more than the rest of a quick answer. */
function goneSignal(response: Response): AbortSignal {
  const controller = new AbortController();
  finished(response, () => controller.abort());
  return controller.signal;
}

async function callFrom(
  operation: Operation,
  caller: Caller | null,
  request: Request,
  response: Response,
): Promise<Call> {
  const raw = operation.method === 'get' ? new Uint8Array(0) : await readBodyOf(request, response);
  const contentType = mediaType(request);
  const body = bodyOf(operation, raw, contentType);
  const given = { path: { ...request.params }, query: queryOf(request.query), body };
  return {
    ...checked(operation, given),
    rawBody: raw,
    contentType,
    caller,
    origin: originOf(request),
    requestId: requestIdOf(response),
    header: (name) => {
      const value = request.headers[name.toLowerCase()];
      return typeof value === 'string' ? value : undefined;
    },
    get gone() {
      return goneSignal(response);
    },
  };
}

function handlerOf(operation: Operation, mounting: Mounting): RequestHandler {
  return async (request, response) => {
    response.locals['route'] = operation.path;
    const { authorization } = request.headers;
    const open = operation.access === 'public';
    const caller = open ? null : await authenticate(mounting.keys, authorization);
    authorize(caller, operation.access, operation.testOnly === true);
    if (caller) await mounting.limit.take(caller);
    const call = await callFrom(operation, caller, request, response);
    const answer = operation.idempotent
      ? await idempotently(mounting.idempotency, operation, call)
      : await operation.handle(call);
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
