import { decide } from '../../../billing/holds/decide.js';
import { dueFences } from '../../../billing/holds/fences.js';
import type { CustomerState } from '../../../billing/state.js';
import { ask, customer, DAILY, NOON_MS, planWith } from './world.js';

const PLAN = planWith([
  { ...DAILY, max: 1_000_000 },
  { ...DAILY, id: 'user', max: 10_000, scope: 'user' },
]);
const BATCH = 200;

function holding(count: number): CustomerState {
  const asks = Array.from({ length: count }, (_, n) => ask(`r${n}`, 5, { user: `u${n % 300}` }));
  return decide(customer(PLAN), asks, NOON_MS).state;
}

/** The fastest of many short batches: what the rules cost when nothing else runs, in us. */
function fastestUs(run: (n: number) => void): number {
  let fastest = Number.POSITIVE_INFINITY;
  for (let batch = 0; batch < 40; batch += 1) {
    const start = performance.now();
    for (let n = 0; n < BATCH; n += 1) run(n);
    fastest = Math.min(fastest, ((performance.now() - start) * 1000) / BATCH);
  }
  return fastest;
}

describe('with 1,000 holds open', () => {
  it('a decision stays in microseconds, and near what it takes with 10', () => {
    const decideUs = (state: CustomerState) =>
      fastestUs((n) => void decide(state, [ask(`x${n}`, 5, { user: `u${n}` })], NOON_MS));
    const fewUs = decideUs(holding(10));
    const manyUs = decideUs(holding(1_000));
    expect(manyUs).toBeLessThan(200);
    expect(manyUs).toBeLessThan(fewUs * 5 + 20);
  });

  it('nothing is searched to tell when the next one ends', () => {
    const state = holding(1_000);
    expect(fastestUs(() => void dueFences(state, NOON_MS, 'x'))).toBeLessThan(5);
  });
});
