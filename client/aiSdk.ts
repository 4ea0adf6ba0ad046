import type { LanguageModelMiddleware } from 'ai';
import type { CallParams, Generated, ModelCall, StreamPart } from './ai/callTypes.js';
import { estimatedTokens, promptTokens, tokensOf } from './ai/estimate.js';
import { meteredStream, StreamMeter, type Progress } from './ai/meteredStream.js';
import { exclusiveTokens, meteredTokens, type TokenMeters } from './ai/tokens.js';
import type { Actual, Properties, Quantities } from './bodies.js';
import type { Durabill } from './durabill.js';
import type { OpenOptions } from './guard.js';
import type { Running } from './running.js';

export { exclusiveTokens, type TokenKind, type TokenMeters, type Tokens } from './ai/tokens.js';

/** Whose calls these are. A call may say otherwise in `providerOptions.durabill`. */
export interface CallOwner {
  readonly customer: string;
  readonly user?: string;
  readonly properties?: Properties;
}

/** How calls of a model are metered. */
export interface MeteringOptions extends CallOwner, Omit<OpenOptions, 'signal'> {
  /** For a catalogue with fewer kinds: `{reasoning_tokens: 'output_tokens'}`. */
  readonly meters?: TokenMeters;
  /** Output to reserve where a call has no `maxOutputTokens`; 1,000 if left out. */
  readonly outputTokens?: number;
  /** What to reserve for a call, instead of its prompt's length and `maxOutputTokens`. */
  readonly estimate?: (params: CallParams, modelId: string) => Quantities;
  /** What a call has used when its provider did not say: it was cut short, or never says. */
  readonly estimateUsed?: (params: CallParams, progress: Progress) => Quantities;
  /** Life of a reservation after its process died, ms; 60,000 if left out. */
  readonly ttlMs?: number;
  /** A failure to record a call that was aborted; a warning on standard error if left out. */
  readonly onError?: (error: unknown) => void;
}

const OUTPUT_TOKENS = 1_000;


function warn(error: unknown): void {
  console.warn('durabill: a call was not recorded:', error);
}

/** A cache between this middleware and the model marks what it answers by itself. */
function isCacheHit(answer: object): boolean {
  const { providerMetadata } = answer as Pick<Generated, 'providerMetadata'>;
  return providerMetadata?.['durabill']?.['cacheHit'] === true;
}

function ownerOf(options: MeteringOptions, params: CallParams): CallOwner {
  const { customer, user, properties } = options;
  const said = params.providerOptions?.['durabill'] as Partial<CallOwner> | undefined;
  return {
    customer: said?.customer ?? customer,
    user: said?.user ?? user,
    properties: { ...properties, ...said?.properties },
  };
}

/** What a call used: the provider's numbers, else a guess by what was seen of it. */
function actualOf(options: MeteringOptions, params: CallParams, progress: Progress): Actual {
  const { meters = {}, estimateUsed } = options;
  if (progress.cacheHit) return { cacheHit: true };
  const tokens = progress.usage ? exclusiveTokens(progress.usage) : null;
  if (tokens) return { quantities: meteredTokens(tokens, meters) };
  if (estimateUsed) return { quantities: estimateUsed(params, progress) };
  const guessed = {
    input_tokens: promptTokens(params),
    output_tokens: tokensOf(progress.outputCharacters),
    reasoning_tokens: tokensOf(progress.reasoningCharacters),
  };
  return { quantities: meteredTokens(guessed, meters) };
}

function progressOf(result: Generated): Progress {
  let [outputCharacters, reasoningCharacters] = [0, 0];
  for (const part of result.content) {
    if (part.type === 'text') outputCharacters += part.text.length;
    if (part.type === 'tool-call') outputCharacters += part.input.length;
    if (part.type === 'reasoning') reasoningCharacters += part.text.length;
  }
  const { usage } = result;
  return { outputCharacters, reasoningCharacters, usage, cacheHit: isCacheHit(result) };
}

/** Reserves for one attempt: each is a request of its own, and only one that succeeds counts. */
function opened(client: Durabill, options: MeteringOptions, call: ModelCall): Promise<Running> {
  const { estimate, meters = {}, outputTokens = OUTPUT_TOKENS, ttlMs } = options;
  const { params, model } = call;
  const { customer, user, properties } = ownerOf(options, params);
  const quantities = estimate
    ? estimate(params, model.modelId)
    : meteredTokens(estimatedTokens(params, outputTokens), meters);
  const request = {
    customer,
    user,
    quantities,
    properties: { model: model.modelId, ...properties },
    ttlMs,
  };
  const { lease, onUnavailable } = options;
  return client.guarding.open(request, { lease, onUnavailable, signal: params.abortSignal });
}

/**
 * Middleware for `wrapLanguageModel` of the AI SDK: every call of the model reserves before it
 * and counts what it used after it, once. A provider's error counts nothing; a stream that is
 * aborted or left counts what was made of it. A denial is a `DurabillError`, which the AI SDK
 * does not repeat.
 */
export function durabillMiddleware(
  client: Durabill,
  options: MeteringOptions,
): LanguageModelMiddleware {
  const { onError = warn } = options;
  return {
    specificationVersion: 'v3',
    wrapGenerate: async (call) => {
      const running = await opened(client, options, call);
      let result: Generated;
      try {
        result = await call.doGenerate();
      } catch (error) {
        await running.release();
        throw error;
      }
      if (result.finishReason.unified === 'error') await running.release();
      else await running.commit(actualOf(options, call.params, progressOf(result)));
      return result;
    },
    wrapStream: async (call) => {
      const { params } = call;
      const running = await opened(client, options, call);
      const end = {
        used: (progress: Progress) => running.commit(actualOf(options, params, progress)),
        failed: () => running.release(),
      };
      const meter = new StreamMeter(end, (part: StreamPart) => isCacheHit(part));
      try {
        const result = await call.doStream();
        const stream = meteredStream(result.stream, meter, params.abortSignal, onError);
        return { ...result, stream };
      } catch (error) {
        await meter.failed();
        throw error;
      }
    },
  };
}
