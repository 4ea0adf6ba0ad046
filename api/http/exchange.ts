import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { finished } from 'node:stream';
import { invalidRequest, type Fault } from '../errors/problem.js';
import { idempotently } from './idempotency.js';
import { inspect, type Place } from './inspect.js';
import { parseJson, prototypeKeyFaults } from './json.js';
import { authenticate, authorize, type KeyRing } from './keys.js';
import type { Answer, Call, Caller, Operation } from './operation.js';
import type { RequestLimit } from './rateLimit.js';
import type { IdempotencyStore } from '../../ledger/stores/contract.js';

/** One request and the operation it is for: key, limit, body, checks, handler. */

/** What every operation needs around it. */
export interface Mounting {
  readonly keys: KeyRing;
  readonly limit: RequestLimit;
  readonly idempotency: IdempotencyStore;
}

/** A request as operations see it, however it came in. */
export interface Exchange {
  readonly headers: IncomingHttpHeaders;
  readonly response: ServerResponse;
  /** Decoded parameters of the path by name. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  /** Such as `http://localhost:3000`. */
  readonly origin: string;
  readonly requestId: string;
  /** The whole body. @throws Error with `status` 413 over 1 MiB. */
  readBody(): Promise<Uint8Array>;
}

function mediaType({ headers }: Exchange): string {
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  return type.trim().toLowerCase();
}

function checkMediaType(operation: Operation, contentType: string): void {
  const allowed = ['application/json', ...Object.keys(operation.otherBodies ?? {})];
  if (allowed.includes(contentType)) return;
  const detail = `Content-Type must be one of ${allowed.join(', ')}.`;
  throw invalidRequest([{ detail, parameter: 'Content-Type' }]);
}

/** A DELETE names all that it does in its path. */
function hasBody({ method }: Operation): boolean {
  return method !== 'get' && method !== 'delete';
}

function bodyOf(operation: Operation, raw: Uint8Array, contentType: string): unknown {
  if (!hasBody(operation) || operation.bodyAs === 'raw') return undefined;
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
function goneSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  finished(response, () => controller.abort());
  return controller.signal;
}

async function callFrom(
  operation: Operation,
  caller: Caller | null,
  exchange: Exchange,
): Promise<Call> {
  const { headers, origin, requestId, response } = exchange;
  const rawBody = hasBody(operation) ? await exchange.readBody() : new Uint8Array(0);
  const contentType = mediaType(exchange);
  const body = bodyOf(operation, rawBody, contentType);
  return {
    ...checked(operation, { path: exchange.path, query: exchange.query, body }),
    rawBody,
    contentType,
    caller,
    origin,
    requestId,
    header: (name) => {
      const value = headers[name.toLowerCase()];
      return typeof value === 'string' ? value : undefined;
    },
    get gone() {
      return goneSignal(response);
    },
  };
}

/** The answer of an operation. @throws Problem and whatever its handler throws. */
export async function answerTo(
  operation: Operation,
  mounting: Mounting,
  exchange: Exchange,
): Promise<Answer> {
  const open = operation.access === 'public';
  const { authorization } = exchange.headers;
  const caller = open ? null : await authenticate(mounting.keys, authorization);
  authorize(caller, operation.access, operation.testOnly === true);
  if (caller) await mounting.limit.take(caller);
  const call = await callFrom(operation, caller, exchange);
  if (!operation.idempotent) return operation.handle(call);
  return idempotently(mounting.idempotency, operation, call);
}
