import { compare, fromWhole, subtract } from '../decimal.js';
import { CREDITS_METER, scaleOf } from '../quantity.js';
import {
  billedUnits,
  type Counting,
  creditsFree,
  isBilled,
  NO_DEMAND,
  spendBy,
} from './billed.js';
import type { Asked, DenialCode, LimitContext } from './context.js';
import { costOfAll, HIGHEST_EXACT, HIGHEST_INVOICED } from './cost.js';
import type { Demand } from './demand.js';
import { keyIn } from './entering.js';
import type { LimitRule, PricedRule, Rulebook } from './rulebook.js';
import { unitsIn } from './slots.js';
import { highestOf, type LimitView, sumOf, viewOf } from './standing.js';

/** Which limits an ask does not fit under. */

/** A hard limit that refuses, or a rule of money that does. */
export type Refusal =
  | { readonly type: 'limit'; readonly view: LimitView }
  /** A price whose `included` is all there is. */
  | { readonly type: 'included'; readonly priced: PricedRule }
  /** The kill switch. */
  | { readonly type: 'overage' }
  | { readonly type: 'credits' }
  | { readonly type: 'spend'; readonly hardAmountMinor: number };

/** An ask with what it wants of each counter. */
export interface Question {
  readonly context: LimitContext;
  readonly rulebook: Rulebook;
  readonly owner: Pick<Asked, 'user' | 'properties'>;
  readonly demand: Demand;
}

/** Everything hard that refuses the ask, in the order of the codes; none: it fits. */
export function refusalsOf(question: Question, counting: Counting): Refusal[] {
  return [...moneyRefusals(question, counting), ...limitRefusals(question, counting)];
}

/** The code that a refusal answers with, where it stands alone (CONTRACT §4.2). */
export function codeOf(refusal: Refusal): DenialCode {
  switch (refusal.type) {
    case 'included':
    case 'overage':
      return 'overage_blocked';
    case 'credits':
      return 'credits_exhausted';
    case 'spend':
      return 'spend_limit_reached';
    case 'limit': {
      const { sliding, window } = refusal.view.rule.counter;
      return sliding || window === 'minute' ? 'rate_limited' : 'limit_reached';
    }
  }
}

/** What can cost money or credits: prices, kill switch, credits, spend. */
function moneyRefusals(question: Question, counting: Counting): Refusal[] {
  const { rulebook, demand } = question;
  if (!rulebook.priced || !demand.has(rulebook.priced)) return [];
  return [
    ...includedRefusals(question, counting),
    ...overageRefusals(question, counting),
    ...creditRefusals(question, counting),
    ...spendRefusals(question, counting),
  ];
}

function includedRefusals(question: Question, counting: Counting): Refusal[] {
  const { context, rulebook, demand } = question;
  return rulebook.prices.flatMap((priced, index): Refusal[] => {
    if (priced.price?.overage !== 'block') return [];
    const [before = 0, after = 0] = [NO_DEMAND, demand].map(
      (asked) => billedUnits(context, rulebook, asked, counting)[index],
    );
    return after > before && after > includedUnits(priced) ? [{ type: 'included', priced }] : [];
  });
}

/** Units that a price includes, whole. */
export function includedUnits({ price, meter }: PricedRule): number {
  return (price?.included ?? 0) * scaleOf(meter);
}

function overageRefusals(question: Question, counting: Counting): Refusal[] {
  const { context } = question;
  if (context.controls.overage !== 'block' || !isBilled(context)) return [];
  return compare(costRise(question, counting), '0') > 0 ? [{ type: 'overage' }] : [];
}

/** By how much an ask can raise the highest exact cost of the period's usage. */
export function costRise({ context, rulebook, demand }: Question, counting: Counting): string {
  const most = (asked: Demand): string =>
    costOfAll(
      HIGHEST_EXACT,
      rulebook.prices,
      billedUnits(context, rulebook, asked, counting),
    );
  return subtract(most(demand), most(NO_DEMAND));
}

/** Without a price for credits there are none beyond the lots. */
function creditRefusals(question: Question, counting: Counting): Refusal[] {
  const sold = question.rulebook.prices.every(({ price }) => price !== null);
  const asked = creditsAsked(question);
  if (sold || asked === 0) return [];
  return asked > creditsFree(question.context, counting) ? [{ type: 'credits' }] : [];
}

/** Micro-credits that an ask takes; 0 where the plan does not pay in credits. */
export function creditsAsked(question: Question): number {
  const credits = question.rulebook.prices.find(({ id }) => id === CREDITS_METER);
  return credits ? (pricedAsked(question)[credits.slot] ?? 0) : 0;
}

/** What an ask wants of the counter `priced`, slot by slot. */
export function pricedAsked({ rulebook, demand }: Question): readonly number[] {
  return (rulebook.priced ? demand.get(rulebook.priced) : undefined) ?? [];
}

/** The hard spend limit; what can't raise the highest cost runs even beyond it. */
function spendRefusals({ context, rulebook, demand }: Question, counting: Counting): Refusal[] {
  const hardAmountMinor = hardSpendOf(context);
  if (hardAmountMinor === null) return [];
  const after = spendBy(HIGHEST_INVOICED, context, rulebook, demand, counting);
  if (compare(after, fromWhole(hardAmountMinor)) <= 0) return [];
  const before = spendBy(HIGHEST_INVOICED, context, rulebook, NO_DEMAND, counting);
  return compare(after, before) > 0 ? [{ type: 'spend', hardAmountMinor }] : [];
}

/** The hard spend limit in force, whole minor units; null: none. */
export function hardSpendOf({ controls, snapshot }: LimitContext): number | null {
  return controls.spend.hardAmountMinor ?? snapshot.plan.spend?.hardAmountMinor ?? null;
}

function limitRefusals(question: Question, counting: Counting): Refusal[] {
  const refusals: Refusal[] = [];
  for (const rule of question.rulebook.limits) {
    const asked = question.demand.get(rule.counter);
    if (!rule.hard || asked === undefined) continue;
    const view = viewOf(question.context, rule, keyIn(rule.counter, question.owner));
    if (!fits(question.rulebook, rule, view, asked, counting)) {
      refusals.push({ type: 'limit', view });
    }
  }
  return refusals;
}

/** True when a limit takes the ask on top of what is used (with `all`, and held). */
export function fits(
  rulebook: Rulebook,
  { counter }: LimitRule,
  { counted, max }: Pick<LimitView, 'counted' | 'max'>,
  asked: readonly number[],
  counting: Counting,
): boolean {
  const { used } = counted;
  const held = counting === 'all' ? counted.held : undefined;
  if (!counter.money) {
    const taken = unitsIn(counter.slots, used) + unitsIn(counter.slots, held ?? []);
    return unitsIn(counter.slots, asked) <= max * counter.scale - taken;
  }
  const after = highestOf(rulebook, counter, sumOf(counter.slots, used, held, asked));
  if (compare(after, fromWhole(max)) <= 0) return true;
  return compare(after, highestOf(rulebook, counter, sumOf(counter.slots, used, held))) === 0;
}
