import {
  Connection,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
} from '@temporalio/client';

/** How the API reaches Temporal. */
export interface TemporalTarget {
  readonly address: string;
  readonly namespace: string;
  /** With a key the connection is encrypted (Temporal Cloud). */
  readonly apiKey: string | null;
}

const RESOURCE_EXHAUSTED = 8;

/** Causes that lie in one busy workflow, not in the namespace's rate: worth a quick retry. */
const ONE_WORKFLOW = /closing|busy|in-flight|query buffer/i;

/**
 * A lazy connection: Temporal may be away now and come later. The SDK's own retries wait 1.4 s
 * and more after "resource exhausted", which is what a busy workflow answers; ours wait 25 ms.
 */
export function lazyConnection(target: TemporalTarget): Connection {
  return Connection.lazy({
    address: target.address,
    ...(target.apiKey === null ? {} : { apiKey: target.apiKey, tls: true }),
    connectTimeout: 3000,
    interceptors: [
      makeGrpcRetryInterceptor(
        defaultGrpcRetryOptions({
          maxAttempts: 8,
          initialIntervalMs: ({ code, details }) => {
            if (code !== RESOURCE_EXHAUSTED) return 100;
            return ONE_WORKFLOW.test(details) ? 25 : 1000;
          },
        }),
      ),
    ],
  });
}
