/** What one run of jest came to. A failed test counts, and so does a suite that did not start. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
}

/** The fields that we read of the report that `jest --json` writes. */
export interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

/**
 * Counts one run. A run that failed without a failed test (it crashed, hung, or leaked) counts
 * as one failure: red must never look green.
 */
export function outcomeOf(report: JestReport | undefined, exitCode: number | null): Outcome {
  const passed = report?.numPassedTests ?? 0;
  const failed = (report?.numFailedTests ?? 0) + (report?.numRuntimeErrorTestSuites ?? 0);
  const silent = failed === 0 && (report === undefined || exitCode !== 0);
  return { passed, failed: silent ? 1 : failed };
}

/** Several runs as one. */
export function sumOutcomes(outcomes: readonly Outcome[]): Outcome {
  return {
    passed: outcomes.reduce((sum, { passed }) => sum + passed, 0),
    failed: outcomes.reduce((sum, { failed }) => sum + failed, 0),
  };
}

/** The last line of every run of the tests; other programs read it. */
export function outcomeLine({ passed, failed }: Outcome): string {
  return `${passed} passed, ${failed} failed`;
}
