import type { Bill } from '../../bill.js';
import type { Command } from '../../command.js';
import type { CustomerState } from '../../state.js';
import { billOf, changeBill, isHeld } from '../invoice/bills.js';

/** What an operator asks of one invoice: let it go, hold it, give money back (CONTRACT §3.4). */

type InvoiceCommand = Extract<Command, { type: 'invoice' }>;

/** Lets an `invoice` command act; `id` names a credit, so that it is given once. */
export function applyInvoice(
  state: CustomerState,
  number: number,
  id: string,
  command: InvoiceCommand,
): CustomerState {
  const segment = state.segments.find(({ index }) => index === command.segment);
  const bill = segment && billOf(segment, command.late);
  if (!bill) return state;
  const change = { ...changeOf(bill, id, command), asked: number };
  return changeBill(state, command.segment, command.late, change);
}

function changeOf(bill: Bill, id: string, command: InvoiceCommand): Partial<Bill> {
  switch (command.action) {
    case 'approve':
      return approval(bill);
    case 'hold':
      return holding(bill, command);
    case 'credit': {
      const { amountMinor = 0, reason } = command;
      if (amountMinor <= 0 || bill.given?.[id]) return {};
      return { given: { ...bill.given, [id]: { amountMinor, reason, done: false } } };
    }
  }
}

/** A draft is completed anew before it is finalised: voids may have come while it was held. */
function approval(bill: Bill): Partial<Bill> {
  const { review, approved = [], stage, final } = bill;
  if (!review || !isHeld(bill)) return {};
  const letGo = { approved: [...approved, review.reason] };
  return stage === 'inReview' ? { ...letGo, stage: final ? 'collect' : 'complete' } : letGo;
}

/** Nothing to hold where all is paid; what is held already stays held for what it was. */
function holding(bill: Bill, { reason, atMs }: InvoiceCommand): Partial<Bill> {
  if (!canBeHeld(bill) || isHeld(bill)) return {};
  const since = new Date(atMs).toISOString();
  const review = { reason: 'operator', since, detail: reason } as const;
  return {
    review: { ...review, predictedMinor: 0, stripeMinor: 0 },
    approved: (bill.approved ?? []).filter((approved) => approved !== 'operator'),
    // Before that the way goes on until it could be finalised, and stops there.
    ...(MOVING.has(bill.stage) ? { stage: 'inReview' } : {}),
  };
}

const MOVING: ReadonlySet<Bill['stage']> = new Set(['finalise', 'collect', 'billed']);

/** True for an invoice that is not collected: what is billed and refused can still be held. */
export function canBeHeld({ stage, unpaid }: Bill): boolean {
  return stage === 'billed' ? unpaid !== undefined : stage !== 'empty';
}
