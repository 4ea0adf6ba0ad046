import type { Ledger } from '../../ledger/contract.js';
import type { StripeActivities } from '../contract.js';
import { guarded } from '../guarded.js';
import type { StripeClients } from './client.js';
import { sessionFor, type StripeDeps } from './deps.js';
import { collectInvoice } from './invoice/collect.js';
import { completeDraft } from './invoice/complete.js';
import { finaliseInvoice } from './invoice/finalise.js';
import { attendInvoice } from './invoice/attend.js';
import { creditInvoice } from './invoice/credit.js';
import { holdInvoice } from './invoice/hold.js';
import { makeInvoice } from './invoice/make.js';
import { reportUsage } from './report.js';
import { swapItems, syncCancellation, unsubscribe } from './change.js';
import { openPage, readCheckout } from './pages.js';
import { readSubscription } from './readSubscription.js';
import { subscribe } from './subscribe.js';
import { readSummaries, readSummary } from './summary.js';
import { advanceClock } from './testClock.js';

/**
 * The activities that act on Stripe, over the clients of both modes. Each ends within 30 s, can
 * be repeated at any time, and fails with an ApplicationFailure whose `type` is a code.
 */
export function createStripeActivities(options: {
  readonly ledger: Ledger;
  readonly stripe: StripeClients;
  /** Real time, ms; default the machine's. */
  readonly now?: () => number;
}): StripeActivities {
  const deps: StripeDeps = { now: Date.now, ...options };
  return guarded<StripeActivities>({
    subscribe: (input) => subscribe(deps, input),
    unsubscribe: (input) => unsubscribe(deps, input),
    syncCancellation: (input) => syncCancellation(deps, input),
    openPage: (input) => openPage(deps, input),
    readCheckout: (input) => readCheckout(deps, input),
    readSubscription: (input) => readSubscription(deps, input),
    swapItems: (input) => swapItems(deps, input),
    advanceTestClock: async ({ mode, testClock, toSeconds }) => {
      const nowSeconds = await advanceClock(sessionFor(deps, mode), testClock, toSeconds);
      return { nowSeconds };
    },
    reportUsage: (input) => reportUsage(deps, input),
    readSummary: (input) => readSummary(deps, input),
    readSummaries: (input) => readSummaries(deps, input),
    holdInvoice: (input) => holdInvoice(deps, input),
    makeInvoice: (input) => makeInvoice(deps, input),
    completeDraft: (input) => completeDraft(deps, input),
    readInvoice: (input) => attendInvoice(deps, input),
    creditInvoice: (input) => creditInvoice(deps, input),
    finaliseInvoice: (input) => finaliseInvoice(deps, input),
    collectInvoice: (input) => collectInvoice(deps, input),
  });
}
