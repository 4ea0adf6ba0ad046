import { APICallError } from 'ai';
import { convertArrayToReadableStream, MockLanguageModelV3 } from 'ai/test';
import type { Generated, StreamPart } from '../../../client/ai/callTypes.js';

/** A provider that does what a case of the matrix wants, attempt by attempt. */

/** `midway`: half an answer, then silence until the caller gives up. */
export type Attempt = 'ok' | 'fails' | 'breaks' | 'silent' | 'midway' | 'cached';

/** What a full answer uses: 40 units. */
export const FULL = { input_tokens: 10, output_tokens: 30 };

/** Guessed at four characters a token. */
export const PROMPT = 'x'.repeat(40);

/** Half an answer: 16 characters. */
const HALF = 'half of ';

/** Units of the prompt and of half an answer. */
export const HALF_UNITS = 10 + 4;

const USAGE = {
  inputTokens: { total: 10, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: 30, text: undefined, reasoning: undefined },
};

/** The provider's error that the AI SDK repeats. */
export function overloaded(): APICallError {
  return new APICallError({
    message: 'overloaded',
    url: 'http://provider',
    requestBodyValues: {},
    statusCode: 503,
    isRetryable: true,
    responseHeaders: { 'retry-after-ms': '1' },
  });
}

/** Plays the attempts in order; the last one is repeated. */
export class Provider {
  calls = 0;
  /** It has shown all that it will until the caller gives up. */
  isSilent = false;

  constructor(private readonly attempts: readonly Attempt[]) {}

  next(): Attempt {
    const attempt = this.attempts[Math.min(this.calls, this.attempts.length - 1)] ?? 'ok';
    this.calls += 1;
    return attempt;
  }

  /** A plain call, for `guard`. */
  async answer(signal: AbortSignal): Promise<{ readonly cacheHit: boolean }> {
    const attempt = this.next();
    if (attempt === 'fails' || attempt === 'breaks') throw overloaded();
    if (attempt === 'silent' || attempt === 'midway') return this.silence(signal);
    return { cacheHit: attempt === 'cached' };
  }

  /** A model of the AI SDK. */
  model(): MockLanguageModelV3 {
    return new MockLanguageModelV3({
      modelId: 'small',
      doGenerate: async ({ abortSignal }) => {
        const { cacheHit } = await this.answer(abortSignal ?? new AbortController().signal);
        return { ...GENERATED, ...marked(cacheHit) };
      },
      doStream: async ({ abortSignal }) => ({ stream: this.stream(this.next(), abortSignal) }),
    });
  }

  private silence(signal: AbortSignal | undefined): Promise<never> {
    this.isSilent = true;
    return new Promise((_, reject) => {
      const stop = () => reject(signal?.reason as Error);
      if (signal?.aborted) stop();
      signal?.addEventListener('abort', stop, { once: true });
    });
  }

  private stream(attempt: Attempt, signal: AbortSignal | undefined): ReadableStream<StreamPart> {
    if (attempt === 'fails') throw overloaded();
    const delta = { type: 'text-delta', id: '1', delta: HALF } as const;
    const begin: StreamPart[] = [
      { type: 'stream-start', warnings: [] },
      { type: 'text-start', id: '1' },
    ];
    const finish: StreamPart = {
      type: 'finish',
      usage: USAGE,
      finishReason: { unified: 'stop', raw: undefined },
      ...marked(attempt === 'cached'),
    };
    const end: StreamPart[] = [{ type: 'text-end', id: '1' }, finish];
    if (attempt === 'ok' || attempt === 'cached') {
      return convertArrayToReadableStream([...begin, delta, delta, ...end]);
    }
    const shown = attempt === 'silent' ? begin : [...begin, delta, delta];
    return new ReadableStream({
      start: (controller) => shown.forEach((part) => controller.enqueue(part)),
      pull: () => (attempt === 'breaks' ? Promise.reject(overloaded()) : this.silence(signal)),
    });
  }
}

const GENERATED: Generated = {
  content: [{ type: 'text', text: 'answer' }],
  finishReason: { unified: 'stop', raw: undefined },
  usage: USAGE,
  warnings: [],
};

function marked(cacheHit: boolean) {
  return cacheHit ? { providerMetadata: { durabill: { cacheHit } } } : {};
}
