import type { Asked, LimitContext } from './context.js';
import { scaledDemand } from './demand.js';
import { judge, questionOf } from './judge.js';
import { refusalsOf } from './refusals.js';

/** The most that headroom ever says. */
export const HEADROOM_MAX = 2 ** 40;

/**
 * Largest whole k, 0 to `enough` (itself 1 to 2^40), so that k times the ask fits every hard limit
 * now: k requests of this size, each a 1 in `count` meters. Never grows by usage or holds; 0 where
 * the ask itself is refused.
 */
export function headroom(
  context: LimitContext,
  asked: Asked,
  enough: number = HEADROOM_MAX,
): number {
  if (judge(context, asked) !== null) return 0;
  const question = questionOf(context, asked);
  const fits = (times: number): boolean =>
    refusalsOf({ ...question, demand: scaledDemand(question.demand, times) }, 'all').length === 0;
  let high = Math.min(enough, HEADROOM_MAX);
  if (high <= 1 || fits(high)) return high;
  let low = 1;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}
