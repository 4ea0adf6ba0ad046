import type { StripeActivities } from '../activities/contract.js';

/**
 * What goes first where activities wait for Stripe: whom somebody waits for, then closes, the
 * nearly done before the begun, and reports last (DESIGN §6). Servers that know no priorities
 * take them in order.
 */

type Act = keyof StripeActivities;

/** 1 is the most urgent and 5 the least: Temporal's default levels. */
const URGENCIES: Readonly<Record<Act, number>> = {
  subscribe: 1,
  unsubscribe: 1,
  openPage: 1,
  readCheckout: 1,
  creditInvoice: 2,
  collectInvoice: 2,
  finaliseInvoice: 2,
  completeDraft: 2,
  makeInvoice: 3,
  swapItems: 3,
  readSummary: 3,
  readSummaries: 3,
  readInvoice: 3,
  holdInvoice: 3,
  syncCancellation: 3,
  advanceTestClock: 3,
  readSubscription: 4,
  reportUsage: 5,
};

const URGENCY_BY_NAME: ReadonlyMap<string, number> = new Map(Object.entries(URGENCIES));

/** The middle, where nothing else is said. */
const MIDDLE = 3;

/** How urgent an activity is, 1 to 5. */
export function urgencyOf(name: string): number {
  return URGENCY_BY_NAME.get(name) ?? MIDDLE;
}
