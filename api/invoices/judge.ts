import type { Bill, GivenCredit } from '../../billing/bill.js';
import { isHeld } from '../../billing/customer/invoice/bills.js';
import { creditLeftMinor } from '../../billing/customer/invoice/credits.js';
import { notedMinor } from '../../billing/customer/close/notes.js';
import { canBeHeld } from '../../billing/customer/close/operating.js';
import { sumMinor } from '../../billing/customer/invoice/prediction.js';
import type { Command } from '../../billing/command.js';
import type { Invoice } from '../../billing/invoice.js';
import type { CustomerState } from '../../billing/state.js';
import { invalidRequest, Problem } from '../errors/problem.js';

/** Whether an operator can do with an invoice what he asks, before and after the workflow acted. */

/** An invoice and where the state has it. */
export interface Place {
  readonly invoice: Invoice;
  readonly state: CustomerState;
  readonly segment: number;
  readonly late: boolean;
  /** Null: no segment kept is about it; only money can be given back on it. */
  readonly bill: Bill | null;
}

/** What is asked. */
export interface Act {
  readonly action: Extract<Command, { type: 'invoice' }>['action'];
  readonly reason: string;
  readonly amountMinor?: number;
}

/**
 * Refuses before anything is written what can't be done; the workflow judges again.
 * @throws Problem `conflict` for the wrong state, `invalid_request` for too much money.
 */
export function checkAct(place: Place, { action, amountMinor = 0 }: Act): void {
  const { invoice, bill } = place;
  const is = `${invoice.id} is ${invoice.status}`;
  if (!bill && action !== 'credit') throw new Problem('conflict', `${is}: it is past that.`);
  if (bill && action === 'approve' && !isHeld(bill)) {
    throw new Problem('conflict', `${is}: it is not held, so there is nothing to approve.`);
  }
  if (bill && action === 'hold' && !canBeHeld(bill)) {
    throw new Problem('conflict', `${is}: only what is not collected yet can be held.`);
  }
  if (action !== 'credit') return;
  if (invoice.status === 'void' || invoice.status === 'uncollectible') {
    throw new Problem('conflict', `${is}: nothing of it is owed, so nothing is given back.`);
  }
  const leftMinor = leftOf(place);
  if (amountMinor > leftMinor) throw tooMuch(amountMinor, `${leftMinor} is left of it`);
}

function leftOf({ invoice, state, segment, late, bill }: Place): number {
  const totalMinor = invoice.stripe?.totalMinor ?? invoice.totalMinor;
  if (!bill) return Math.max(0, totalMinor - notedMinor(state, invoice.stripe?.invoice ?? ''));
  const foreignMinor = sumMinor(invoice.lines.filter(({ ref }) => ref.startsWith('stripe/')));
  const status = bill.final ? 'open' : 'draft';
  return creditLeftMinor(state, segment, late, { status, totalMinor, foreignMinor });
}

function tooMuch(amountMinor: number, why: string): Problem {
  const detail = `amountMinor must not be more than the invoice: ${why}; ${amountMinor} was given.`;
  return invalidRequest([{ detail, pointer: '/amountMinor' }]);
}

/**
 * What came in between: it was collected while it was asked, or another credit was first. `id`:
 * the command's. @throws Problem as `checkAct`.
 */
export function judgeAct(bill: Bill, { action, amountMinor = 0 }: Act, id: string): void {
  const paid = bill.stage === 'billed' && bill.unpaid === undefined;
  if (action === 'hold' && (paid || !isHeld(bill))) {
    throw new Problem('conflict', 'It was collected before it could be held.');
  }
  judgeCredit(bill.given?.[id], amountMinor);
}

/** @throws Problem `invalid_request` where a credit was not given in the end. */
export function judgeCredit(credit: GivenCredit | undefined, amountMinor: number): void {
  if (credit?.refused !== undefined) throw tooMuch(amountMinor, credit.refused);
}
