import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Attempt } from './provider.js';
import type { WayName } from './ways.js';

const PROGRAM = join(__dirname, 'killedProcess.ts');

const START_MS_MAX = 30_000;

/** Runs work in a process of its own and kills it with -9 once it says the word. */
export async function killedAt(
  word: 'silent' | 'done',
  way: WayName,
  attempt: Attempt,
  url: string,
  folder: string,
): Promise<void> {
  const args = ['--import', 'tsx', PROGRAM, way, attempt, url, folder];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const gone = once(child, 'exit');
  let said = '';
  const timer = setTimeout(() => child.kill('SIGKILL'), START_MS_MAX);
  for (const output of [child.stdout, child.stderr]) {
    output.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes(word)) child.kill('SIGKILL');
    });
  }
  await gone;
  clearTimeout(timer);
  if (!said.includes(word)) throw new Error(`the process never said "${word}": ${said}`);
}
