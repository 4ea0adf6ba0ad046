import type { BillsUndrafted } from '../../arrangement.js';
import { DAY_MS } from '../../period.js';
import type { CustomerState, Segment } from '../../state.js';
import { chargedAhead } from '../invoice/invoicing.js';
import { hasNothingToBill } from '../invoice/items.js';
import { linkOf, segmentsWith } from '../periods/segments.js';
import { pricedMeters, reportTarget } from '../reporting/reporting.js';

/**
 * Stripe makes no draft for a period with neither base nor usage by its end. What is ours to bill
 * of it all the same (a changed base, late usage, usage told just after that end) is an invoice of
 * our own: a draft of Stripe's, should one come yet, is one of nothing.
 */

/** A period without usage and draft by then makes no invoice of Stripe's (CONTRACT §4.6). */
export const NO_DRAFT_AFTER_MS = DAY_MS;

/** Where Stripe was told of usage it is given longer: its draft would hold that, too. */
const NO_DRAFT_OF_USAGE_AFTER_MS = 3 * DAY_MS;

/** What becomes of a period for which Stripe has made no draft by now; null: one may come yet. */
export function withoutDraft(
  state: CustomerState,
  segment: Segment,
  nowMs: number,
): Pick<Segment, 'stage'> | Pick<Segment, 'undrafted'> | null {
  const usage = hasUsage(state, segment);
  const waitMs = usage ? NO_DRAFT_OF_USAGE_AFTER_MS : NO_DRAFT_AFTER_MS;
  if (nowMs < segment.endMs + waitMs) return null;
  const isOurs = state.billsUndrafted && !isChargedAhead(state, segment);
  if (usage && !(isOurs && state.billsUndrafted === 'withUsage')) return null;
  return isOurs && isOwed(state, segment) ? { undrafted: true } : { stage: 'empty' };
}

function hasUsage(state: CustomerState, segment: Segment): boolean {
  return pricedMeters(state, segment).some(
    ([meter, price]) => reportTarget(state, segment, meter, price) > 0,
  );
}

/** Whether an invoice of ours would hold anything. */
function isOwed(state: CustomerState, segment: Segment): boolean {
  const segments = segmentsWith(state.segments, segment, { undrafted: true });
  return !hasNothingToBill({ ...state, segments }, segment.index);
}

/** True where Stripe charges a base for the period to come: that is never on an invoice of ours. */
function isChargedAhead(state: CustomerState, segment: Segment): boolean {
  const { otherItems = [] } = linkOf(state, segment) ?? {};
  const byOthers = otherItems.length > 0 && !segment.close;
  return byOthers || chargedAhead(state, segment).length > 0;
}

/** The state that bills such periods from now on, or, in a run that began before, does not. */
export function asBillingUndrafted(
  state: CustomerState,
  bills: BillsUndrafted | false,
): CustomerState {
  if (state.billsUndrafted === bills) return state;
  const { billsUndrafted: _before, ...others } = state;
  return bills ? { ...others, billsUndrafted: bills } : others;
}
