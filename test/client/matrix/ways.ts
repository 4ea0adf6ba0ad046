import { generateText, streamText, wrapLanguageModel } from 'ai';
import { durabillMiddleware, type MeteringOptions } from '../../../client/aiSdk.js';
import type { Durabill } from '../../../client/durabill.js';
import { FULL, PROMPT, type Provider } from './provider.js';

/** The ways an app can have its work counted. */

/** One piece of work of an app, with its own repeats; rejects when it gives up. */
export type Way = (client: Durabill, provider: Provider, signal: AbortSignal) => Promise<void>;

const OWNER = { customer: 'acme', user: 'u_1' };

/** The same work is tried again, as a queue would. */
const REPEATS_MAX = 2;

const TTL_MS = 1_000;

async function guarded(
  client: Durabill,
  provider: Provider,
  signal: AbortSignal,
  lease: boolean,
): Promise<void> {
  const asked = { ...OWNER, quantities: { input_tokens: 20, output_tokens: 100 }, ttlMs: TTL_MS };
  for (let attempt = 1; ; attempt += 1) {
    try {
      const usageOf = ({ cacheHit }: { readonly cacheHit: boolean }) => {
        return cacheHit ? { cacheHit } : { quantities: FULL };
      };
      const options = { signal, lease, usageOf };
      await client.guard(asked, (granted) => provider.answer(granted.signal), options);
      return;
    } catch (error) {
      const over = attempt > REPEATS_MAX || signal.aborted;
      if (over || (error as Error).message !== 'overloaded') throw error;
    }
  }
}

function metered(client: Durabill, provider: Provider, options: Partial<MeteringOptions> = {}) {
  const middleware = durabillMiddleware(client, { ...OWNER, ttlMs: TTL_MS, ...options });
  return wrapLanguageModel({ model: provider.model(), middleware });
}

const CALL = { prompt: PROMPT, maxRetries: REPEATS_MAX };

async function generated(client: Durabill, provider: Provider, abortSignal: AbortSignal) {
  await generateText({ ...CALL, model: metered(client, provider), abortSignal });
}

async function streamed(client: Durabill, provider: Provider, abortSignal: AbortSignal) {
  let fault: unknown;
  const onError = ({ error }: { readonly error: unknown }) => void (fault = error);
  const model = metered(client, provider);
  const result = streamText({ ...CALL, model, abortSignal, onError });
  for await (const part of result.fullStream) if (part.type === 'abort') break;
  abortSignal.throwIfAborted();
  if (fault !== undefined) throw fault as Error;
}

/** A reader of the model's own stream that goes away, as a web server does with its client. */
async function piped(client: Durabill, provider: Provider, signal: AbortSignal): Promise<void> {
  const prompt = [{ role: 'user' as const, content: [{ type: 'text' as const, text: PROMPT }] }];
  const { stream } = await metered(client, provider).doStream({ prompt });
  const reader = stream.getReader();
  let left: Promise<void> | undefined;
  const gone = () => void (left = reader.cancel('client disconnected'));
  signal.addEventListener('abort', gone, { once: true });
  for (let done = false; !done; ) ({ done } = await reader.read());
  await left;
  signal.throwIfAborted();
}

/** By the name that the table shows. */
export const WAYS = {
  guard: (client, provider, signal) => guarded(client, provider, signal, false),
  'guard, lease': (client, provider, signal) => guarded(client, provider, signal, true),
  generateText: generated,
  streamText: streamed,
  'stream, piped': piped,
} as const satisfies Record<string, Way>;

/** Name of a way. */
export type WayName = keyof typeof WAYS;
