import { setTimeout as wait } from 'node:timers/promises';
import { type Account, NO_REQUEST } from '../account.js';
import { newId } from '../state/ids.js';
import { expandBody } from './expand.js';
import { StripeFailure } from './failure.js';
import { type FaultPanel, type RequestFault, faultOfHeader } from './faults.js';
import { type FormValues, decodeForm } from './form.js';
import { KeyBook, type Reply, fingerprintOf, isKept } from './keys.js';
import { MeterEventLanes } from './lanes.js';
import { Params } from './params.js';
import { findRoute } from './routes.js';
import { CallTally } from './tally.js';

/** One request as it came in. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly body: string;
  readonly header: (name: string) => string | undefined;
}

/** One request with what it is answered by. */
interface Task {
  readonly id: string;
  readonly request: RawRequest;
  readonly key: string | null;
  readonly fingerprint: string;
  readonly fault: RequestFault | null;
  readonly values: FormValues;
}

const TEST_KEY = /^Bearer (?:sk|rk)_test_\w+$/;

/** Answers requests of the v1 API: key, idempotency, faults, then the endpoint as one change. */
export class Exchange {
  readonly keys: KeyBook;
  readonly calls = new CallTally();
  readonly #account: Account;
  readonly #faults: FaultPanel;
  readonly #secretKey: string | null;
  readonly #lanes: MeterEventLanes;

  constructor(account: Account, faults: FaultPanel, secretKey: string | null) {
    this.#account = account;
    this.#faults = faults;
    this.#secretKey = secretKey;
    this.#lanes = new MeterEventLanes(account);
    this.keys = new KeyBook(account);
  }

  /** The reply, or `reset`: the connection is to be broken off. Counted either way. */
  async answer(request: RawRequest): Promise<Reply | 'reset'> {
    const reply = await this.#answered(request);
    const { method, path } = request;
    const isGood = reply !== 'reset' && reply.status < 400;
    this.calls.add(method, findRoute(method, path)?.endpoint ?? null, isGood);
    return reply;
  }

  async #answered(request: RawRequest): Promise<Reply | 'reset'> {
    const id = newId('req');
    const headers: Record<string, string> = { 'request-id': id };
    const key = request.method === 'POST' ? request.header('idempotency-key') : undefined;
    if (key) headers['idempotency-key'] = key;
    try {
      const reply = await this.#answerAs(id, request, key ?? null);
      return reply === 'reset' ? reply : { ...reply, headers: { ...headers, ...reply.headers } };
    } catch (error) {
      const reply = replyOf(error);
      return { ...reply, headers: { ...headers, ...reply.headers } };
    }
  }

  async #answerAs(id: string, request: RawRequest, key: string | null): Promise<Reply | 'reset'> {
    this.#authorise(request.header('authorization'));
    const { method, path, query, body } = request;
    const header = faultOfHeader(request.header('x-sandbox-fault'));
    const fault = header ?? this.#faults.forRequest(method, path, body);
    if (fault?.kind === 'rateLimit') throw rateLimited(fault);
    if (fault?.kind === 'conflict') throw conflicting(fault);
    const fingerprint = fingerprintOf(method, path, body);
    const task = { id, request, key, fingerprint, fault, values: decodeForm(query, body) };
    const saved = key === null ? null : this.keys.claim(key, fingerprint);
    if (saved) return fault?.kind.startsWith('reset') ? 'reset' : saved;
    const reply = await this.#runUnderKey(task);
    if (fault?.kind === 'delayAfter') await wait(fault.delayMs);
    return fault?.kind === 'resetAfter' ? 'reset' : reply;
  }

  async #runUnderKey(task: Task): Promise<Reply | 'reset'> {
    const { key, fault, request, values } = task;
    try {
      if (fault?.kind === 'delay') await wait(fault.delayMs);
      if (fault?.kind === 'resetBefore') {
        await wait(fault.delayMs ?? 0);
        return 'reset';
      }
      return await this.#lanes.pass(request.path, values, () => this.#perform(task));
    } finally {
      if (key !== null) this.keys.release(key);
    }
  }

  #authorise(authorization = ''): void {
    const expected = this.#secretKey;
    const fits = expected ? authorization === `Bearer ${expected}` : TEST_KEY.test(authorization);
    if (fits) return;
    const message = authorization
      ? 'Invalid API Key provided.'
      : 'You did not provide an API key. Provide it by Bearer auth.';
    throw new StripeFailure(401, message);
  }

  /** The endpoint and the keeping of its reply, as one transaction. */
  #perform(task: Task): Reply {
    const { id, key, fingerprint } = task;
    this.#account.request = { id, idempotency_key: key };
    try {
      return this.#account.transact(() => {
        const reply = this.#effect(task);
        if (key !== null) this.keys.save(key, fingerprint, reply);
        return reply;
      });
    } catch (error) {
      const reply = replyOf(error);
      const kept = !(error instanceof StripeFailure) || isKept(error);
      if (key !== null && kept) {
        this.#account.transact(() => this.keys.save(key, fingerprint, reply));
      }
      return reply;
    } finally {
      this.#account.request = NO_REQUEST;
    }
  }

  #effect(task: Task): Reply {
    const { request, fault } = task;
    if (fault?.kind === 'errorBefore') return serverError(fault);
    const route = findRoute(request.method, request.path);
    if (!route) {
      const message = `Unrecognized request URL (${request.method}: ${request.path}).`;
      throw new StripeFailure(404, message);
    }
    const params = new Params(task.values);
    const expand = params.texts('expand') ?? [];
    const call = { account: this.#account, params, ids: route.ids, path: request.path, fault };
    const body = route.handler(call);
    params.finish();
    const reply = jsonReply(200, expandBody(this.#account, body, expand));
    return fault?.kind === 'errorAfter' ? serverError(fault) : reply;
  }
}

function jsonReply(status: number, body: object, headers: Record<string, string> = {}): Reply {
  return { status, body: JSON.stringify(body), headers };
}

function replyOf(error: unknown): Reply {
  if (error instanceof StripeFailure) return jsonReply(error.status, error.body(), error.headers);
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`stripe sandbox: ${detail}\n`);
  return serverError({ status: 500 });
}

function serverError(fault: { readonly status?: number; readonly shouldRetry?: boolean }): Reply {
  const message = 'An unknown error occurred.';
  return jsonReply(
    fault.status ?? 500,
    { error: { type: 'api_error', message } },
    retryHeader(fault.shouldRetry),
  );
}

/** 409: nothing was done, and nothing is kept under the key. */
function conflicting(fault: RequestFault): StripeFailure {
  const message = 'This object cannot be accessed right now because of another request.';
  const headers = retryHeader(fault.shouldRetry);
  return new StripeFailure(409, message, { code: 'lock_timeout' }, { headers });
}

function rateLimited(fault: RequestFault): StripeFailure {
  const headers: Record<string, string> = {
    'stripe-rate-limited-reason': 'endpoint-rate',
    ...retryHeader(fault.shouldRetry),
  };
  if (fault.retryAfterSeconds !== undefined) {
    headers['retry-after'] = String(fault.retryAfterSeconds);
  }
  const message = 'Request rate limit exceeded.';
  return new StripeFailure(429, message, { code: 'rate_limit' }, { headers });
}

function retryHeader(shouldRetry: boolean | undefined): Record<string, string> {
  return shouldRetry === undefined ? {} : { 'stripe-should-retry': String(shouldRetry) };
}
