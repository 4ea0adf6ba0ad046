import { add, compare, fromWhole } from '../decimal.js';
import { bucketLeavesMs, countedIn } from './buckets.js';
import { costOfAll, HIGHEST_EXACT, HIGHEST_INVOICED } from './cost.js';
import { fits, includedUnits, pricedAsked, type Question, type Refusal } from './refusals.js';
import { noSlots } from './slots.js';
import { type LimitView, resetOf } from './standing.js';

/** When the same ask may fit, if nothing else is used meanwhile. */

/** Customer's time, ms; null: never by itself. */
export function retryAt(question: Question, refusal: Refusal): number | null {
  if (refusal.type === 'limit') return limitRetryAt(question, refusal.view);
  return fitsAfresh(question, refusal) ? (question.context.period?.endMs ?? null) : null;
}

/** Would the ask fit into a period in which nothing is used? */
function fitsAfresh(question: Question, refusal: Exclude<Refusal, { type: 'limit' }>): boolean {
  const { context, rulebook } = question;
  const asked = pricedAsked(question);
  const units = rulebook.prices.map(({ slot }) => asked[slot] ?? 0);
  switch (refusal.type) {
    case 'included':
      return (asked[refusal.priced.slot] ?? 0) <= includedUnits(refusal.priced);
    case 'overage':
      return compare(costOfAll(HIGHEST_EXACT, rulebook.prices, units), '0') === 0;
    case 'spend': {
      const base = fromWhole(context.snapshot.plan.baseAmountMinor ?? 0);
      const spend = add(base, costOfAll(HIGHEST_INVOICED, rulebook.prices, units));
      return compare(spend, fromWhole(refusal.hardAmountMinor)) <= 0;
    }
    case 'credits':
      return false;
  }
}

function limitRetryAt({ context, rulebook, demand }: Question, view: LimitView): number | null {
  const { rule, max } = view;
  const asked = demand.get(rule.counter) ?? [];
  const nothing = noSlots(rule.counter.slots);
  const empty = { max, counted: { used: nothing, held: nothing } };
  if (!fits(rulebook, rule, empty, asked, 'all')) return null;
  if (!rule.counter.sliding) return resetOf(context, view);
  const leaving = view.buckets.map((bucket) => bucketLeavesMs(rule.counter, bucket));
  const enough = leaving.find((leavesMs) => {
    const left = view.buckets.filter((bucket) => bucketLeavesMs(rule.counter, bucket) > leavesMs);
    const counted = countedIn(rule.counter, left, view.key);
    return fits(rulebook, rule, { max, counted }, asked, 'all');
  });
  return enough ?? context.nowMs;
}
