import { spawn } from 'node:child_process';
import { readSettings } from './settings.js';
import { tsxProgram } from './tsxProgram.js';

/** How often a command that npm runs looks whether its shell is still there. */
const PARENT_LOOK_MS = 250;

/**
 * npm runs scripts in a shell and passes signals to that shell alone, which ends without passing
 * them on. Its end is the signal: we were told to stop.
 */
function whenOrphaned(stop: () => void): NodeJS.Timeout {
  const parent = process.ppid;
  return setInterval(() => {
    if (process.ppid !== parent) stop();
  }, PARENT_LOOK_MS).unref();
}

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
  const orphaned = readSettings().underNpm ? whenOrphaned(pass) : undefined;
  try {
    return await new Promise<number>((done, fail) => {
      child.once('error', fail);
      child.once('exit', (code) => done(code ?? 1));
    });
  } finally {
    clearInterval(orphaned);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, pass);
  }
}
