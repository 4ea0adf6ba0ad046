import { setTimeout as sleep } from 'node:timers/promises';

/** Longest wait for one answer; moving a clock through a month is the slowest call. */
const ANSWER_MS_MAX = 120_000;

/** First pause before a request is sent again; it doubles up to the longest. */
const PAUSE_MS_MIN = 100;
const PAUSE_MS_MAX = 2_000;

/** An answer that says no for good, as the API's problem body tells it. */
export class ApiRefused extends Error {
  override readonly name = 'ApiRefused';

  constructor(
    readonly call: string,
    readonly status: number,
    readonly code: string,
    detail: string,
  ) {
    super(`${call} answered ${status} ${code}: ${detail}`);
  }
}

/** Another try may do: nothing answered, or the answer said so. */
class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

interface Problem {
  readonly code?: string;
  readonly detail?: string;
  readonly retryable?: boolean;
}

/** One request. All of them are safe to repeat: by event ids, by key, or by what they ask. */
export interface ApiRequest {
  readonly method: 'GET' | 'PUT' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  readonly idempotencyKey?: string;
}

/** Durabill's HTTP API as an app uses it: what went unanswered is sent again as it was. */
export class DurabillApi {
  constructor(
    private readonly options: {
      /** Base URL, no slash at its end. */
      readonly url: string;
      readonly key: string;
      /** How long one request is repeated before it counts as failed, ms. */
      readonly patienceMs: number;
    },
  ) {}

  /**
   * The body of a good answer.
   * @throws ApiRefused for an answer that a repeat can't change.
   * @throws Error naming the last failure when patience ends.
   */
  async call<Body>(request: ApiRequest): Promise<Body> {
    const endMs = Date.now() + this.options.patienceMs;
    let pauseMs = PAUSE_MS_MIN;
    for (;;) {
      try {
        return (await this.once(request)) as Body;
      } catch (error) {
        if (!(error instanceof NoAnswer) || Date.now() + pauseMs > endMs) throw error;
      }
      await sleep(pauseMs);
      pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX);
    }
  }

  private async once({ method, path, body, idempotencyKey }: ApiRequest): Promise<unknown> {
    const call = `${method} ${path}`;
    const answer = await fetch(`${this.options.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.options.key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    }).catch((error: unknown) => {
      throw new NoAnswer(`${call}: ${reasonOf(error)}`, { cause: error });
    });
    const text = await answer.text().catch((error: unknown) => {
      throw new NoAnswer(`${call}: ${reasonOf(error)}`, { cause: error });
    });
    if (answer.ok) return JSON.parse(text) as unknown;
    const { code = 'unknown', detail = text.slice(0, 300), retryable } = problemOf(text);
    if (retryable) throw new NoAnswer(`${call} answered ${answer.status} ${code}: ${detail}`);
    throw new ApiRefused(call, answer.status, code, detail);
  }
}

function problemOf(text: string): Problem {
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return { detail: `no JSON: ${text.slice(0, 200)}` };
  }
}

/** `fetch failed` says nothing; its cause does. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error ? cause.message : String(error);
}
