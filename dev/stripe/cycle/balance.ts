import type { Account } from '../account.js';
import { newId } from '../state/ids.js';
import type { Kinds } from '../state/records.js';

type Transaction = Kinds['balanceTransaction'];

/** One move of a customer's balance: negative is credit, positive is debt. */
export interface BalanceMove {
  readonly amountMinor: number;
  readonly currency: string;
  readonly type: Transaction['type'];
  readonly at: number;
  readonly invoice?: string;
  readonly creditNote?: string;
  readonly description?: string | null;
  readonly metadata?: Record<string, string>;
}

/** Moves a customer's balance and records why. */
export function moveBalance(account: Account, customerId: string, move: BalanceMove): Transaction {
  const customer = account.customer(customerId);
  const ending = customer.balance + move.amountMinor;
  account.store.patch('customer', customer.id, { balance: ending });
  return account.store.put('balanceTransaction', {
    id: newId('cbtxn'),
    object: 'customer_balance_transaction',
    amount: move.amountMinor,
    checkout_session: null,
    created: move.at,
    credit_note: move.creditNote ?? null,
    currency: move.currency,
    customer: customer.id,
    customer_account: null,
    description: move.description ?? null,
    ending_balance: ending,
    invoice: move.invoice ?? null,
    livemode: false,
    metadata: move.metadata ?? {},
    type: move.type,
  });
}

/**
 * The least amount that is charged, in minor units (docs.stripe.com/currencies, minimum charge
 * amounts). An invoice below it is paid at once and the customer owes it with the next one
 * (Invoices.d.ts `amount_due`).
 */
const MINIMUM_CHARGE_MINOR: Readonly<Record<string, number>> = {
  usd: 50,
  eur: 50,
  gbp: 30,
  jpy: 50,
};

/** What an invoice takes from the balance and leaves on it. */
export interface BalanceUse {
  readonly due: number;
  readonly ending: number;
}

/** Credit lowers what is due, debt raises it; too little to charge becomes debt. */
export function useOfBalance(
  account: Account,
  currency: string,
  total: number,
  starting: number,
): BalanceUse {
  const sum = total + starting;
  const minimum = account.switches.minimumCharge ? (MINIMUM_CHARGE_MINOR[currency] ?? 0) : 0;
  if (sum <= 0 || sum < minimum) return { due: 0, ending: sum };
  return { due: sum, ending: 0 };
}
