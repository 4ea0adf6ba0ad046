import { Pace } from '../../../api/engine/pace.js';

/** How fast workflows are told follows how fast Temporal answers. */

let nowMs: number;
let pace: Pace;

beforeEach(() => {
  nowMs = 0;
  pace = new Pace(() => nowMs);
});

/** Messages sent within some seconds, each answered after `tookMs`. */
function sent(seconds: number, tookMs: number): number {
  let count = 0;
  for (const endMs = nowMs + seconds * 1000; nowMs < endMs; nowMs += 10) {
    while (pace.take()) {
      count += 1;
      pace.answered(tookMs);
    }
  }
  return count;
}

test('while answers come fast the pace grows to its bound', () => {
  expect(sent(60, 10)).toBeGreaterThan(10_000);
  expect(pace.rate).toBe(1000);
});

test('when they get slow it falls to a trickle, never to nothing', () => {
  sent(60, 10);
  sent(10, 400);
  expect(pace.rate).toBe(10);
  const trickle = sent(10, 400);
  expect(trickle).toBeGreaterThanOrEqual(95);
  expect(trickle).toBeLessThanOrEqual(105);
});

test('in between it stays', () => {
  const before = pace.rate;
  sent(5, 40);
  expect(pace.rate).toBe(before);
});
