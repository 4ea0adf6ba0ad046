import { spawn } from 'node:child_process';
import { tsxProgram } from './tsxProgram.js';

/**
 * Runs a program of the package with our terminal and waits for its end. It is told to stop when
 * we are, and by the broken channel when we are killed: then it stops what it started.
 * @returns its exit code; 1 when a signal ended it.
 */
export async function runProgram(file: string, args: readonly string[]): Promise<number> {
  const program = tsxProgram(file, ...args);
  const child = spawn(program.command, program.args, {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  const pass = (): void => void child.kill('SIGTERM');
  // Ctrl-C reaches it directly, too: a second request to stop is harmless.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, pass);
  try {
    return await new Promise<number>((done, fail) => {
      child.once('error', fail);
      child.once('exit', (code) => done(code ?? 1));
    });
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, pass);
  }
}
