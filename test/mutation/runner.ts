import { INSTRUMENTER_CONSTANTS } from '@stryker-mutator/api/core';
import type { InstrumenterContext, StrykerOptions } from '@stryker-mutator/api/core';
import { commonTokens, declareClassPlugin, PluginKind, tokens } from '@stryker-mutator/api/plugin';
import {
  determineHitLimitReached,
  DryRunStatus,
  MutantRunStatus,
  TestStatus,
  type DryRunResult,
  type MutantRunOptions,
  type MutantRunResult,
  type TestResult,
  type TestRunner,
} from '@stryker-mutator/api/test-runner';
import { expect } from 'expect';
import type * as fastCheck from 'fast-check';
import { Modules, type Loader } from './modules.js';
import { Suite } from './suite.js';

/**
 * Runs tests for Stryker within its own process: no start of a test framework for each mutant,
 * which costs a hundred times what our tests cost. Every test of the dry run and every mutant
 * gets modules that have not run before, because modules remember (compiled plans, for one).
 */

/** Random tests must be the same for every mutant, or a mutant could live by luck. */
const SEED = 42;

/** What a test file finds in its process besides the words of the suite. */
function prepareGlobals(load: Loader): InstrumenterContext {
  const context: InstrumenterContext = {};
  const jest = { getSeed: () => SEED };
  Object.assign(globalThis, { [INSTRUMENTER_CONSTANTS.NAMESPACE]: context, expect, jest });
  // A mutant is noticed by its first failure: no smaller one is looked for.
  const random = load('fast-check') as typeof fastCheck;
  random.configureGlobal({ endOnFailure: true, seed: SEED });
  return context;
}

function textOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}

class InProcessRunner implements TestRunner {
  static readonly inject = tokens(commonTokens.options);

  readonly #files: readonly string[];
  readonly #modules = new Modules(process.cwd());
  readonly #context = prepareGlobals(this.#modules.fresh());
  /** By test: its file, and how long it took. Filled by the first look at all files. */
  readonly #known = new Map<string, { readonly file: string; spentMs: number }>();

  constructor(options: StrykerOptions) {
    this.#files = options['testFiles'] as readonly string[];
  }

  capabilities() {
    return { reloadEnvironment: true };
  }

  init(): Promise<void> {
    const load = this.#modules.fresh();
    const suite = new Suite();
    for (const file of this.#files) suite.collect(file, () => load(`./${file}`));
    for (const { id, file } of suite.tests()) this.#known.set(id, { file, spentMs: 0 });
    return Promise.resolve();
  }

  async dryRun(): Promise<DryRunResult> {
    this.#context.mutantCoverage = { static: {}, perTest: {} };
    const tests: TestResult[] = [];
    for (const [id, known] of this.#known) {
      const load = this.#modules.fresh();
      const suite = new Suite();
      suite.collect(known.file, () => load(`./${known.file}`));
      this.#context.currentTestId = id;
      const started = performance.now();
      const failure = await this.#failureOf(suite, id);
      this.#context.currentTestId = undefined;
      known.spentMs = performance.now() - started;
      const result = { id, name: id, fileName: known.file, timeSpentMs: known.spentMs };
      tests.push(
        failure === undefined
          ? { ...result, status: TestStatus.Success }
          : { ...result, status: TestStatus.Failed, failureMessage: failure },
      );
    }
    const { mutantCoverage } = this.#context;
    return { status: DryRunStatus.Complete, tests, mutantCoverage };
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    const { hitLimit } = options;
    this.#context.hitLimit = hitLimit;
    this.#context.hitCount = hitLimit === undefined ? undefined : 0;
    try {
      const result = await this.#judge(options);
      const endless = determineHitLimitReached(this.#context.hitCount, hitLimit);
      if (endless) return { status: MutantRunStatus.Timeout, reason: endless.reason };
      return result;
    } finally {
      this.#context.activeMutant = undefined;
      this.#context.hitCount = undefined;
      this.#context.hitLimit = undefined;
    }
  }

  /** Runs the quickest tests first and stops at the first that fails. */
  async #judge(options: MutantRunOptions): Promise<MutantRunResult> {
    const { activeMutant, testFilter, mutantActivation } = options;
    const spentMs = (id: string) => this.#known.get(id)?.spentMs ?? 0;
    const ids = (testFilter ?? [...this.#known.keys()]).toSorted((a, b) => spentMs(a) - spentMs(b));
    const load = this.#modules.fresh();
    const suite = new Suite();
    const collected = new Set<string>();
    for (const [index, id] of ids.entries()) {
      const file = this.#known.get(id)?.file ?? '';
      this.#context.activeMutant = mutantActivation === 'static' ? activeMutant.id : undefined;
      let failure: string | undefined;
      if (!collected.has(file)) {
        collected.add(file);
        failure = collectFailure(suite, file, load);
      }
      this.#context.activeMutant = activeMutant.id;
      failure ??= await this.#failureOf(suite, id);
      if (failure === undefined) continue;
      const nrOfTests = index + 1;
      return { status: MutantRunStatus.Killed, killedBy: [id], failureMessage: failure, nrOfTests };
    }
    return { status: MutantRunStatus.Survived, nrOfTests: ids.length };
  }

  async #failureOf(suite: Suite, id: string): Promise<string | undefined> {
    try {
      await suite.test(id).run();
      return undefined;
    } catch (failure) {
      return textOf(failure);
    }
  }
}

/** A mutant that is active while modules load may already fail there: that is noticed too. */
function collectFailure(suite: Suite, file: string, load: Loader): string | undefined {
  try {
    suite.collect(file, () => load(`./${file}`));
    return undefined;
  } catch (failure) {
    return textOf(failure);
  }
}

/** What Stryker looks for in a plugin. */
export const strykerPlugins = [
  declareClassPlugin(PluginKind.TestRunner, 'in-process', InProcessRunner),
];

/** The option that is ours: test files, paths from the root. */
export const strykerValidationSchema = {
  properties: { testFiles: { type: 'array', items: { type: 'string' } } },
};
