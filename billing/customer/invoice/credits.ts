import type { GivenCredit } from '../../bill.js';
import type { CustomerState, DraftItem, Segment } from '../../state.js';
import { billOf, reasonOf } from './bills.js';
import { predictedLines } from './invoicing.js';
import { sumMinor } from './prediction.js';
import type { StripeInvoiceView } from './view.js';

/** Money that an operator gives back on one invoice: never more than it comes to. */

/** The item of a draft that gives it back. */
export function creditItem(
  { startMs, endMs }: Segment,
  invoice: string,
  id: string,
  { amountMinor, reason }: GivenCredit,
): DraftItem {
  return {
    name: `item/${invoice}/credit/${id}`,
    ref: 'credit',
    description: reason,
    quantity: 1,
    amountMinor: -amountMinor,
    startSeconds: startMs / 1000,
    endSeconds: endMs / 1000,
  };
}

/** What of an invoice at Stripe decides how much can be given back. */
interface Standing extends Pick<StripeInvoiceView, 'status' | 'totalMinor'> {
  /** Sum of the lines that others have put there. */
  readonly foreignMinor: number;
}

/** The same of an invoice as it was read. */
export function standingOf({ status, totalMinor, lines }: StripeInvoiceView): Standing {
  const foreignMinor = sumMinor(lines.filter(({ kind }) => kind === 'foreign'));
  return { status, totalMinor, foreignMinor };
}

/**
 * What can still be given back of an invoice, whole minor units. Of a draft what it will come to,
 * credits on it taken off; Stripe's own sum of a draft is not up to date. Of a final one its
 * total less the credit notes; nothing of one that is void or uncollectible.
 */
export function creditLeftMinor(
  state: CustomerState,
  index: number,
  late: boolean | undefined,
  standing: Standing,
): number {
  const segment = state.segments.find((candidate) => candidate.index === index);
  const bill = segment && billOf(segment, late);
  if (!segment || !bill) return 0;
  const { status, totalMinor, foreignMinor } = standing;
  if (status === 'draft') {
    const { lines } = predictedLines(state, segment, reasonOf(segment, late));
    return Math.max(0, sumMinor(lines) + foreignMinor);
  }
  if (status !== 'open' && status !== 'paid') return 0;
  const notes = Object.values(bill.given ?? {}).filter((given) => given.as === 'note');
  return Math.max(0, totalMinor - sumMinor(notes));
}
