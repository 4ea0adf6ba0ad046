import type { Meter, Plan } from '../catalogue.js';
import { compare } from '../decimal.js';
import { formatMinor } from '../money.js';

/** What a change means for a customer of the plan; `other` where that depends on their use. */
export type DifferenceKind = 'better' | 'worse' | 'other';

/** One change of a catalogue, in words that a customer of the plan understands. */
export interface Difference {
  /** JSON path such as `plans.pro.prices.tokens.included`. */
  readonly path: string;
  readonly kind: DifferenceKind;
  /** "Pro: 1,000,000 → 1,500,000 tokens included". */
  readonly sentence: string;
}

/** One side of a change of a plan: the plan, and what gives it its meaning. */
export interface PlanSide {
  readonly plan: Plan;
  readonly meters: Readonly<Record<string, Meter>>;
  readonly currency: string;
}

/** A plan that both catalogues have. */
export interface PlanChange {
  /** `plans.pro`. */
  readonly path: string;
  readonly before: PlanSide;
  readonly after: PlanSide;
}

/** A difference of a plan: its sentence begins with the plan's name as it is afterwards. */
export function planDifference(
  { after }: PlanChange,
  path: string,
  kind: DifferenceKind,
  text: string,
): Difference {
  return { path, kind, sentence: `${after.plan.name}: ${text}` };
}

/** More is better: of included units, ceilings, days. Both equal: other. */
export function moreIsBetter(before: number, after: number): DifferenceKind {
  if (after === before) return 'other';
  return after > before ? 'better' : 'worse';
}

/** Two exact amounts of a change, each in the currency of its side, and what they mean. */
export interface AmountChange {
  /** "$29.00 → $39.00". */
  readonly text: string;
  readonly kind: DifferenceKind;
}

/**
 * Two amounts (decimal strings of minor units) beside each other; null when they are equal.
 * Less is better within one currency; amounts of two currencies are not compared.
 */
export function amountChange(
  { before, after }: PlanChange,
  amountBefore: string,
  amountAfter: string,
): AmountChange | null {
  const order = compare(amountAfter, amountBefore);
  if (order === 0) return null;
  const was = formatMinor(amountBefore, before.currency);
  const is = formatMinor(amountAfter, after.currency);
  const kind = order < 0 ? 'better' : 'worse';
  return {
    text: `${was} → ${is}`,
    kind: before.currency === after.currency ? kind : 'other',
  };
}
