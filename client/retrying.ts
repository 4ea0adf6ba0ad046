import { DurabillError } from './durabillError.js';

/** Repeats of a request that names itself by an id: taken twice it counts once. */

/** How often, and how long. */
export interface RetryPolicy {
  /** The first one included. */
  readonly attemptsMax: number;
  /** First back-off; it doubles with each attempt, and half of it is chance. */
  readonly backoffMs: number;
  readonly backoffMsMax: number;
  /** A longer Retry-After is the caller's to wait for. */
  readonly retryAfterMsMax: number;
  /** No attempt begins later than this after the first. */
  readonly totalMsMax: number;
}

/** The policy of a client that names none. */
export const RETRY_POLICY: RetryPolicy = {
  attemptsMax: 4,
  backoffMs: 100,
  backoffMsMax: 2_000,
  retryAfterMsMax: 5_000,
  totalMsMax: 20_000,
};

/** Wait before the attempt after `attempt` (from 1); null: it is not worth one. */
export function waitMs(policy: RetryPolicy, attempt: number, error: DurabillError): number | null {
  if (!error.retryable || attempt >= policy.attemptsMax) return null;
  const asked = error.retryAfterMs ?? 0;
  if (asked > policy.retryAfterMsMax) return null;
  const backoff = Math.min(policy.backoffMsMax, policy.backoffMs * 2 ** (attempt - 1));
  return Math.max(asked, backoff / 2 + Math.random() * (backoff / 2));
}

/** Resolves after `ms`. @throws the signal's reason when it fires first. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/** Runs `call` until it answers, fails in a way that `again` does not repeat, or policy ends. */
export async function retried<Answer>(
  policy: RetryPolicy,
  call: () => Promise<Answer>,
  again: (error: DurabillError) => boolean,
  signal?: AbortSignal,
): Promise<Answer> {
  const startMs = performance.now();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof DurabillError) || !again(error)) throw error;
      const ms = waitMs(policy, attempt, error);
      if (ms === null || performance.now() + ms - startMs > policy.totalMsMax) throw error;
      await sleep(ms, signal);
    }
  }
}
