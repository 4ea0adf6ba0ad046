import { createInterface } from 'node:readline';
import { spawnWatched } from './childProcess.js';
import type { Work } from './contract.js';

const TAIL_LINES = 12;

/** A tool that fetches or compiles. */
export interface BuildStep {
  readonly command: string;
  readonly args: readonly string[];
  /** Added to this process' environment by the caller. */
  readonly environment?: NodeJS.ProcessEnv;
  readonly limitMs: number;
  /** Told each line the tool prints. */
  onLine?(line: string): void;
}

/**
 * Runs a tool to its end; it dies with us, when asked to stop, or at its time limit.
 * @throws Error with the last lines it printed, or saying that it took too long.
 */
export async function runBuild(step: BuildStep, work: Work): Promise<void> {
  work.signal.throwIfAborted();
  const options = { stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'] };
  const env = step.environment === undefined ? {} : { env: step.environment };
  const child = spawnWatched(step.command, step.args, { ...options, ...env });
  const tail: string[] = [];
  for (const stream of [child.process.stdout, child.process.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      tail.push(line);
      if (tail.length > TAIL_LINES) tail.shift();
      step.onLine?.(line);
    });
  }
  const limit = AbortSignal.timeout(step.limitMs);
  const ending = await untilEnded(child, AbortSignal.any([limit, work.signal]));
  work.signal.throwIfAborted();
  if (ending === 'exit code 0') return;
  const name = [step.command, ...step.args].join(' ');
  const why = limit.aborted ? `not done after ${step.limitMs / 60_000} minutes` : ending;
  throw new Error([`\`${name}\`: ${why}`, ...tail].join('\n'));
}

async function untilEnded(
  child: ReturnType<typeof spawnWatched>,
  signal: AbortSignal,
): Promise<string> {
  const abort = (): void => void child.stop();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await child.ended;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
