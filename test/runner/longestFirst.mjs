import TestSequencer from '@jest/test-sequencer';

/**
 * On a fresh machine nobody has measured the suites yet: the longest are known by name and begin
 * first, so that no process is left with one at the end.
 */
const LONGEST = [
  'test/billing/model/',
  'test/simulation/',
  'test/lives/',
  'test/journeys/',
  'test/ledger/kill.test.ts',
  'test/dev/stack/',
  'test/api/engine/temporalEngine.test.ts',
  'test/workflows/',
  'test/client/',
];

/** Place in the list; the last for all others. */
const rank = ({ path }) => {
  const at = LONGEST.findIndex((part) => path.includes(part));
  return at === -1 ? LONGEST.length : at;
};

/** Jest's order, the longest suites first. */
export default class LongestFirst extends TestSequencer {
  sort(tests) {
    return super.sort(tests).toSorted((a, b) => rank(a) - rank(b));
  }
}
