import type { LanguageModelMiddleware } from 'ai';

/** The AI SDK's own types, by the names used here. */

/** What a middleware is given for one call of a model. */
export type ModelCall = Parameters<NonNullable<LanguageModelMiddleware['wrapStream']>>[0];

/** What is asked of the model. */
export type CallParams = ModelCall['params'];

/** The answer of a model that does not stream. */
export type Generated = Awaited<ReturnType<ModelCall['doGenerate']>>;

/** The answer of a model that streams. */
export type Streamed = Awaited<ReturnType<ModelCall['doStream']>>;

/** One part of a stream. */
export type StreamPart = Streamed['stream'] extends ReadableStream<infer Part> ? Part : never;
