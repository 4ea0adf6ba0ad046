import type { ModelUsage } from './tokens.js';
import type { StreamPart } from './callTypes.js';

/** What a stream has shown so far. */
export interface Progress {
  /** Of text, reasoning and tool input together. */
  readonly outputCharacters: number;
  readonly reasoningCharacters: number;
  /** Null: the provider has not said it. */
  readonly usage: ModelUsage | null;
  readonly cacheHit: boolean;
}

/** How a stream may end: by whichever comes first, later ones change nothing. */
export interface StreamEnd {
  /** It came to its end, or was cut short by its reader after some of it was made. */
  used(progress: Progress): Promise<void>;
  /** The provider failed, or nothing was made. */
  failed(): Promise<void>;
}

/** Follows one stream, part by part. */
export class StreamMeter {
  readonly #end: StreamEnd;
  readonly #isCacheHit: (part: StreamPart) => boolean;
  #progress: Progress = {
    outputCharacters: 0,
    reasoningCharacters: 0,
    usage: null,
    cacheHit: false,
  };
  #broken = false;

  constructor(end: StreamEnd, isCacheHit: (part: StreamPart) => boolean) {
    this.#end = end;
    this.#isCacheHit = isCacheHit;
  }

  /** Resolves once a part that ends the call is counted. */
  async see(part: StreamPart): Promise<void> {
    const { outputCharacters, reasoningCharacters } = this.#progress;
    if (this.#isCacheHit(part)) this.#progress = { ...this.#progress, cacheHit: true };
    if (part.type === 'error') this.#broken = true;
    if (part.type === 'text-delta' || part.type === 'tool-input-delta') {
      const sum = outputCharacters + part.delta.length;
      this.#progress = { ...this.#progress, outputCharacters: sum };
    }
    if (part.type === 'reasoning-delta') {
      const sum = reasoningCharacters + part.delta.length;
      this.#progress = { ...this.#progress, reasoningCharacters: sum };
    }
    if (part.type !== 'finish') return;
    this.#progress = { ...this.#progress, usage: part.usage };
    await this.#ended(part.finishReason.unified !== 'error');
  }

  /** The stream closed by itself. */
  closed(): Promise<void> {
    return this.#ended(!this.#broken);
  }

  /** The provider's side broke. */
  failed(): Promise<void> {
    return this.#ended(false);
  }

  /** The reader went away: what was made so far was used. */
  cut(): Promise<void> {
    const { outputCharacters, reasoningCharacters, usage } = this.#progress;
    return this.#ended(usage !== null || outputCharacters + reasoningCharacters > 0);
  }

  #ended(used: boolean): Promise<void> {
    return used ? this.#end.used(this.#progress) : this.#end.failed();
  }
}

/** The same stream, followed. `onFault`: what went wrong where no reader waits for it. */
export function meteredStream(
  source: ReadableStream<StreamPart>,
  meter: StreamMeter,
  signal: AbortSignal | undefined,
  onFault: (error: unknown) => void,
): ReadableStream<StreamPart> {
  const reader = source.getReader();
  const cut = () => void meter.cut().catch(onFault);
  signal?.addEventListener('abort', cut, { once: true });
  if (signal?.aborted) cut();
  const over = () => signal?.removeEventListener('abort', cut);
  const pull = async (controller: ReadableStreamDefaultController<StreamPart>) => {
    const { done, value } = await reader.read().catch(async (error: unknown) => {
      over();
      // After an abort it was cut already, with what had been made.
      await meter.failed();
      throw error;
    });
    if (!done) {
      await meter.see(value);
      controller.enqueue(value);
      return;
    }
    over();
    await meter.closed();
    controller.close();
  };
  const cancel = async (reason: unknown) => {
    over();
    await Promise.all([meter.cut(), reader.cancel(reason)]);
  };
  // Nothing is read ahead: what the reader never saw was not used.
  return new ReadableStream({ pull, cancel }, { highWaterMark: 0 });
}
