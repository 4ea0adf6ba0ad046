import { outcomeLine, outcomeOf, sumOutcomes } from './outcome.js';

const report = (passed: number, failed: number, broken = 0) => ({
  numPassedTests: passed,
  numFailedTests: failed,
  numRuntimeErrorTestSuites: broken,
});

describe('the count at the end of a test run', () => {
  it('counts a suite that did not start as a failure', () => {
    expect(outcomeOf(report(5, 1, 2), 1)).toEqual({ passed: 5, failed: 3 });
  });

  it('counts a run that failed without a failed test, or left no report, as a failure', () => {
    expect(outcomeOf(report(5, 0), 1)).toEqual({ passed: 5, failed: 1 });
    expect(outcomeOf(report(5, 0), null)).toEqual({ passed: 5, failed: 1 });
    expect(outcomeOf(undefined, 0)).toEqual({ passed: 0, failed: 1 });
  });

  it('is one line over all runs', () => {
    const runs = [outcomeOf(report(5, 0), 0), outcomeOf(report(2, 1), 1)];
    expect(outcomeLine(sumOutcomes(runs))).toBe('7 passed, 1 failed');
  });
});
