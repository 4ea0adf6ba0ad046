import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outcomeOf, type JestReport, type Outcome } from './outcome.js';

/** Longest time for one run, on a machine half as fast; one that hangs must end, and be red. */
const RUN_MS_MAX = 45 * 60_000;

/** Time jest gets to stop its suites' servers after SIGTERM. */
const STOP_MS_MAX = 15_000;

/** Runs jest with these options, its output passed through; never throws for a red run. */
export async function runJest(root: string, options: readonly string[]): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'durabill-tests-'));
  const reportFile = join(folder, 'report.json');
  try {
    const output = ['--ci', '--passWithNoTests', '--json', `--outputFile=${reportFile}`];
    const exitCode = await exitOf(root, [...output, ...options]);
    return outcomeOf(readReport(reportFile), exitCode);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Exit code of jest; null when a signal or our limit ended it. */
function exitOf(root: string, options: readonly string[]): Promise<number | null> {
  const jest = createRequire(join(root, 'package.json')).resolve('jest/bin/jest');
  // The report goes to a file, so what jest prints on stdout is that report again: not shown.
  const child = spawn(process.execPath, [jest, ...options], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let kill: NodeJS.Timeout | undefined;
  const stop = () => {
    child.kill('SIGTERM');
    kill ??= setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
  };
  const limit = setTimeout(() => {
    process.stderr.write(`jest is stopped after ${RUN_MS_MAX / 60_000} minutes\n`);
    stop();
  }, RUN_MS_MAX);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(limit);
      clearTimeout(kill);
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, stop);
      resolve(code);
    });
  });
}

function readReport(path: string): JestReport | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as JestReport;
  } catch (error) {
    process.stderr.write(`jest left no report: ${String(error)}\n`);
    return undefined;
  }
}
