import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tsxProgram } from '../../cli/tsxProgram.js';
import type { LoadAnswer, RoundOrder, RoundResult } from './loadProcess.js';

/** The load process, seen from the benchmark. */
export interface Loader {
  /** Runs one round. @throws Error when it fails or the process ends. */
  run(order: RoundOrder): Promise<RoundResult>;
  stop(): Promise<void>;
}

/** Starts the process that makes the load. */
export function startLoader(): Loader {
  const { command, args } = tsxProgram('bench/ingest/loadProcess.ts');
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ended = once(child, 'exit');
  return {
    async run(order) {
      const answered = once(child, 'message') as Promise<[LoadAnswer]>;
      child.send(order);
      const first = await Promise.race([answered, ended.then(() => null)]);
      if (first === null) throw new Error('the load process has ended');
      const [answer] = first;
      if ('error' in answer) throw new Error(`the load failed: ${answer.error}`);
      return answer.result;
    },
    async stop() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
