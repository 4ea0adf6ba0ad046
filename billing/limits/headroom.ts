import type { Asked, LimitContext } from './context.js';
import { scaledDemand } from './demand.js';
import { judge, questionOf } from './judge.js';
import { refusalsOf } from './refusals.js';

/** The most that headroom ever says. */
export const HEADROOM_MAX = 2 ** 40;

/**
 * Largest whole k, 0 to 2^40, so that k times the ask fits every hard limit now: k requests of
 * this size, each a 1 in `count` meters. Never grows by usage or holds; 0 where the ask itself is
 * refused.
 */
export function headroom(context: LimitContext, asked: Asked): number {
  if (judge(context, asked) !== null) return 0;
  const question = questionOf(context, asked);
  const fits = (times: number): boolean =>
    refusalsOf({ ...question, demand: scaledDemand(question.demand, times) }, 'all').length === 0;
  if (fits(HEADROOM_MAX)) return HEADROOM_MAX;
  let low = 1;
  let high = HEADROOM_MAX;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}
