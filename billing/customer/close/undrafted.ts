import type { CustomerState, Segment } from '../../state.js';
import { chargedAhead } from '../invoice/invoicing.js';
import { hasNothingToBill } from '../invoice/items.js';
import { linkOf } from '../periods/segments.js';

/**
 * Stripe makes no draft for a period with neither base nor usage. What is ours to bill of it all
 * the same (a changed base, late usage) is an invoice of our own: a draft of Stripe's, should one
 * come yet, is one of nothing.
 */

/** What becomes of a period without usage for which Stripe has made no draft in time. */
export function withoutDraft(
  state: CustomerState,
  segment: Segment,
): Pick<Segment, 'stage'> | Pick<Segment, 'undrafted'> {
  const isOurs = state.billsUndrafted && !isChargedAhead(state, segment);
  if (!isOurs || hasNothingToBill(state, segment.index)) return { stage: 'empty' };
  return { undrafted: true };
}

/** True where Stripe charges a base for the period to come: that is never on an invoice of ours. */
function isChargedAhead(state: CustomerState, segment: Segment): boolean {
  const { otherItems = [] } = linkOf(state, segment) ?? {};
  const byOthers = otherItems.length > 0 && !segment.close;
  return byOthers || chargedAhead(state, segment).length > 0;
}

/** The state that bills such periods from now on, or, in a run that began before, does not. */
export function asBillingUndrafted(state: CustomerState, bills: boolean): CustomerState {
  if (state.billsUndrafted === true && bills) return state;
  const { billsUndrafted: _before, ...others } = state;
  return bills ? { ...others, billsUndrafted: true } : others;
}
