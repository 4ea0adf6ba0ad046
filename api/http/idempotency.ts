import { hash } from 'node:crypto';
import type { IdempotencyStore } from '../../ledger/stores/contract.js';
import { errorEntry } from '../errors/codes.js';
import { invalidRequest, Problem, problemBody, toProblem } from '../errors/problem.js';
import { canonicalJson } from '../../billing/canonical.js';
import { callerOf, type Answer, type Call, type Operation } from './operation.js';

/** `Idempotency-Key`: a repeat of a POST is answered from what the first one got (24 h). */

const KEY = /^[ -~]{1,255}$/;

/** The key of a request, bare or quoted; null without one. @throws Problem. */
export function idempotencyKey(header: string | undefined): string | null {
  if (header === undefined) return null;
  const quoted = /^"(.*)"$/.exec(header);
  const key = quoted ? (quoted[1] ?? '') : header;
  if (KEY.test(key) && !key.includes('"')) return key;
  const detail = 'Idempotency-Key must be 1-255 printable ASCII characters, bare or in quotes.';
  throw invalidRequest([{ detail, parameter: 'Idempotency-Key' }]);
}

/** A request with another method, path or body is another request. */
function requestHash(operation: Operation, call: Call): string {
  const content = [operation.method, operation.path, call.path ?? {}, call.body];
  return hash('sha256', canonicalJson(content), 'hex');
}

function replayed(status: number, body: string): Answer {
  const problem = status >= 400;
  return {
    status,
    text: { type: problem ? 'application/problem+json' : 'application/json', content: body },
    headers: { 'Idempotent-Replayed': 'true' },
  };
}

async function run(
  store: IdempotencyStore,
  key: string,
  operation: Operation,
  call: Call,
): Promise<Answer> {
  const { mode } = callerOf(call);
  try {
    const answer = await operation.handle(call);
    await store.finish(mode, key, answer.status, JSON.stringify(answer.body));
    return answer;
  } catch (error) {
    const problem = toProblem(error);
    const { status, retryable } = errorEntry(problem.code);
    if (retryable) await store.abandon(mode, key);
    else {
      const body = problemBody(problem, call.origin, call.requestId);
      await store.finish(mode, key, status, JSON.stringify(body));
    }
    throw problem;
  }
}

/** A body that names what it makes is its own key. */
function hasOwnId({ body }: Call): boolean {
  return typeof body === 'object' && body !== null && 'id' in body && body.id !== undefined;
}

/** Whom a request names; undefined: nobody, or only by a token. */
function customerOf({ path }: Operation, call: Call): string | undefined {
  const ofCustomer = path.startsWith('/v1/customers/{id}/');
  const named: unknown = ofCustomer
    ? (call.path as { readonly id?: unknown }).id
    : (call.body as { readonly customer?: unknown } | null | undefined)?.customer;
  return typeof named === 'string' ? named : undefined;
}

/** Runs an operation once per Idempotency-Key. A retryable failure gives the key back. */
export async function idempotently(
  store: IdempotencyStore,
  operation: Operation,
  call: Call,
): Promise<Answer> {
  const key = idempotencyKey(call.header('idempotency-key'));
  if (key === null || !operation.idempotent || hasOwnId(call)) return operation.handle(call);
  const { mode } = callerOf(call);
  const asked = requestHash(operation, call);
  const claim = await store.begin(mode, key, asked, Date.now(), customerOf(operation, call));
  switch (claim.state) {
    case 'claimed':
      return run(store, key, operation, call);
    case 'done':
      return replayed(claim.status, claim.body);
    case 'running':
      throw new Problem('idempotency_in_progress', `The first request of "${key}" still runs.`, {
        headers: { 'Retry-After': '1' },
      });
    default:
      throw new Problem('idempotency_key_reused', `"${key}" was used for another request.`);
  }
}
