import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { runJest } from './runner/jestRun.js';
import { outcomeLine, sumOutcomes, type Outcome } from './runner/outcome.js';

/**
 * `npm test [-- FILTER … | --seed=N | options of jest]`: every suite, the count last.
 *
 * Journeys that kill parts of a stack, or race against its time, run alone, one after another.
 * All other suites share two processes, each with what servers it needs.
 */
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const ALONE = ['killedDecisions', 'killedImport', 'killedLives', 'decisions', 'weekend'];

/** Random tests take `jest.getSeed()`; a failure is repeated with `npm test -- --seed=N`. */
function seedOf(options: readonly string[]): string {
  const given = options.find((option) => option.startsWith('--seed='));
  return given ?? `--seed=${randomInt(1, 2 ** 31)}`;
}

async function main(given: readonly string[]): Promise<void> {
  const seed = seedOf(given);
  // Options that take a list go last: jest would read the filters as part of it.
  const options = [...given.filter((option) => option !== seed), seed];
  const outcomes: Outcome[] = [
    await runJest(ROOT, [
      ...['--maxWorkers=2', ...options],
      `--testPathIgnorePatterns=/journeys/(${ALONE.join('|')})\\.test`,
    ]),
    await runJest(ROOT, [
      ...['--runInBand', ...options],
      `--testMatch=**/journeys/{${ALONE.join(',')}}.test.ts`,
    ]),
  ];
  const outcome = sumOutcomes(outcomes);
  const nothing = outcome.passed + outcome.failed === 0;
  process.exitCode = outcome.failed > 0 || nothing ? 1 : 0;
  process.stdout.write(`${seed.slice(2)} (repeat with: npm test -- ${seed})\n`);
  process.stdout.write(`${outcomeLine(outcome)}\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
  process.stdout.write(`${outcomeLine({ passed: 0, failed: 1 })}\n`);
});
