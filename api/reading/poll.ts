import { setTimeout as wait } from 'node:timers/promises';
import { Problem } from '../errors/problem.js';

/** Waits for something that a workflow does, by looking again and again. */

const FIRST_MS = 20;
const LONGEST_MS = 200;

/** How long to look. */
export interface Patience {
  readonly limitMs: number;
  /** Aborted when nobody waits for the answer any more. */
  readonly gone: AbortSignal;
}

function isPassing(error: unknown): boolean {
  return error instanceof Problem && error.code === 'unavailable';
}

/**
 * The first value that is not null. A read that says `unavailable` counts as "not yet".
 * @returns null when the time is over or the client has gone.
 */
export async function until<Value>(
  read: () => Promise<Value | null>,
  { limitMs, gone }: Patience,
): Promise<Value | null> {
  const endMs = Date.now() + limitMs;
  for (let pauseMs = FIRST_MS; ; pauseMs = Math.min(LONGEST_MS, pauseMs * 1.5)) {
    try {
      const value = await read();
      if (value !== null) return value;
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
    if (gone.aborted || Date.now() + pauseMs > endMs) return null;
    await wait(pauseMs);
  }
}
