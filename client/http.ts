import { noAnswer, refusal, unreadable } from './answers.js';
import { isAway, type DurabillError } from './durabillError.js';
import { retried, type RetryPolicy } from './retrying.js';

/** One request. All that the client sends is named by an id or a key, so it can be repeated. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly body?: unknown;
  /** For a POST that has no id of its own. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
  /** Each attempt; default: the client's. */
  readonly timeoutMs?: number;
  /**
   * What is worth the same request again: a full wait for others (default), no answer only, or
   * nothing.
   */
  readonly repeat?: 'retryable' | 'away' | 'never';
}

/** A success. */
export interface Answer<Body> {
  readonly body: Body;
  /** The API's clock when it answered, ms, whole seconds rounded down; null: it did not say. */
  readonly servedAtMs: number | null;
}

/** What a connection is made of. */
export interface HttpOptions {
  readonly url: string;
  readonly key: string;
  readonly fetch: typeof fetch;
  readonly timeoutMs: number;
  readonly retry: RetryPolicy;
}

/** Asks the API: each attempt with a timeout, repeats where the same request is safe. */
export class Http {
  readonly #options: HttpOptions;
  readonly #origin: string;

  constructor(options: HttpOptions) {
    this.#options = options;
    this.#origin = options.url.replace(/\/+$/, '');
  }

  /**
   * The answer to a request.
   * @throws DurabillError, or the reason of `call.signal`.
   */
  send<Body>(call: Call): Promise<Answer<Body>> {
    const { repeat = 'retryable', signal } = call;
    const again = (error: DurabillError) => {
      return repeat === 'away' ? isAway(error) : repeat === 'retryable';
    };
    return retried(this.#options.retry, () => this.#attempt<Body>(call), again, signal);
  }

  async #attempt<Body>(call: Call): Promise<Answer<Body>> {
    call.signal?.throwIfAborted();
    const { response, text } = await this.#exchange(call);
    const parsed = parsedOf(text);
    if (!response.ok) throw refusal(response.status, response.headers, parsed.value);
    if (parsed.fault) throw unreadable(response.status, response.headers, parsed.fault);
    const served = Date.parse(response.headers.get('date') ?? '');
    const servedAtMs = Number.isNaN(served) ? null : served;
    return { body: parsed.value as Body, servedAtMs };
  }

  async #exchange({ method, path, body, signal, idempotencyKey, timeoutMs }: Call) {
    const { key, timeoutMs: usual, fetch: ask } = this.#options;
    const timeout = AbortSignal.timeout(timeoutMs ?? usual);
    const sent = body === undefined ? undefined : JSON.stringify(body);
    try {
      const response = await ask(`${this.#origin}${path}`, {
        method,
        headers: {
          Authorization: `Bearer ${key}`,
          Accept: 'application/json',
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...(idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey }),
        },
        body: sent,
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      return { response, text: await response.text() };
    } catch (error) {
      signal?.throwIfAborted();
      throw noAnswer(path, error);
    }
  }
}

function parsedOf(text: string): { readonly value: unknown; readonly fault: unknown } {
  if (text === '') return { value: null, fault: null };
  try {
    return { value: JSON.parse(text) as unknown, fault: null };
  } catch (fault) {
    return { value: null, fault };
  }
}
