import type { MutantResult, PartialStrykerOptions } from '@stryker-mutator/api/core';
import { Stryker } from '@stryker-mutator/core';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

/** What one run of Stryker alters, and with which tests. Paths are from the working folder. */
export interface MutationRun {
  readonly mutate: readonly string[];
  readonly testFiles: readonly string[];
  /** Path of the report that Stryker writes (JSON; schema of mutation-testing-elements). */
  readonly report: string;
}

/** Long beyond any of our tests: only endless loops that pass no mutant get there. */
const TIMEOUT_MS = 5_000;

/** Processes that load the plugin must read TypeScript. */
const IMPORT_ARGS = ['--import', import.meta.resolve('tsx')];

/** MB, many times what the tests take: a mutant that collects without end is to end soon. */
const HEAP_ARG = '--max-old-space-size=512';

const OPTIONS: PartialStrykerOptions = {
  plugins: [fileURLToPath(new URL('runner.ts', import.meta.url))],
  testRunner: 'in-process',
  testRunnerNodeArgs: [...IMPORT_ARGS, HEAP_ARG],
  checkerNodeArgs: IMPORT_ARGS,
  coverageAnalysis: 'perTest',
  concurrency: Math.max(1, availableParallelism() - 1),
  timeoutMS: TIMEOUT_MS,
  reporters: ['json'],
  // Mutants of what runs as modules load take all tests of their part; that is wanted.
  warnings: {
    slow: false,
    unknownOptions: true,
    preprocessorErrors: true,
    unserializableOptions: true,
  },
  logLevel: 'warn' as PartialStrykerOptions['logLevel'],
  allowConsoleColors: false,
  tempDirName: '.stryker-tmp',
  // Types are read by nobody here: the compiler that the tests use drops them.
  disableTypeChecks: false,
  tsconfigFile: 'not-read.json',
  ignorePatterns: [
    ...['docs', 'bench', 'dev', 'api', 'cli', 'client', 'web', 'ledger', 'worker', 'deploy'],
    ...['workflows', 'activities', 'catalogue', 'test/histories', '.stryker-tmp*'],
  ],
};

/**
 * Alters the sources one mutant at a time and runs the tests that reach it.
 * @throws when a test fails with nothing altered.
 */
export async function mutationRun(run: MutationRun): Promise<MutantResult[]> {
  const stryker = new Stryker({
    ...OPTIONS,
    mutate: [...run.mutate],
    testFiles: [...run.testFiles],
    jsonReporter: { fileName: run.report },
  });
  return await stryker.runMutationTest();
}
