import { indexIn, random, sumOf, zipfShares } from './chance.js';
import type { TraceCall } from './trace.js';

/** A customer of the demo, and what share of the calls is theirs. */
export interface DemoCustomer {
  readonly id: string;
  readonly name: string;
  readonly plan: string;
  readonly sharePercent: number;
  /** End users; the n-th makes 1/n as many calls as the first. */
  readonly users: number;
}

/** A call that has found its customer, its end user and its month. */
export interface DealtCall {
  readonly call: TraceCall;
  readonly customer: string;
  readonly user: string;
  /** 0 to 11. */
  readonly month: number;
}

/** The three customers: one on trial terms, one team, one product with many users. */
export const DEMO_CUSTOMERS: readonly DemoCustomer[] = [
  { id: 'demo-free', name: 'Side Project', plan: 'free', sharePercent: 8, users: 4 },
  { id: 'demo-pro', name: 'Small Team', plan: 'pro', sharePercent: 42, users: 15 },
  { id: 'demo-heavy', name: 'Big Product', plan: 'scale', sharePercent: 50, users: 60 },
];

/** The demo's year. */
export const MONTHS = 12;

/** Any fixed number: it makes every run the same. */
const SEED = 0x0dbc0de;

/** The product grows: month n has n times the calls of the first one, all calls in order. */
function monthOf(index: number, calls: number): number {
  const shares = Array.from({ length: MONTHS }, (_, month) => month + 1);
  return indexIn(shares, Math.floor((index * sumOf(shares)) / calls));
}

/** Deals a trace over customers, their users and twelve months: a fixed rule, every time alike. */
export function dealCalls(calls: readonly TraceCall[]): DealtCall[] {
  const draw = random(SEED);
  const customerShares = DEMO_CUSTOMERS.map(({ sharePercent }) => sharePercent);
  return calls.map((call, index) => {
    const customer = DEMO_CUSTOMERS[indexIn(customerShares, draw(sumOf(customerShares)))];
    if (!customer) throw new RangeError('the shares name no customer');
    const userShares = zipfShares(customer.users);
    const user = indexIn(userShares, draw(sumOf(userShares))) + 1;
    const month = monthOf(index, calls.length);
    return { call, customer: customer.id, user: `user-${user}`, month };
  });
}
