import type { Ledger } from '../../ledger/contract.js';
import type { StripeActivities } from '../contract.js';
import { guarded } from '../guarded.js';
import type { StripeClients } from './client.js';
import { sessionFor, type StripeDeps } from './deps.js';
import { collectInvoice } from './invoice/collect.js';
import { completeDraft } from './invoice/complete.js';
import { finaliseInvoice } from './invoice/finalise.js';
import { holdInvoice } from './invoice/hold.js';
import { reportUsage } from './report.js';
import { subscribe } from './subscribe.js';
import { readSummary } from './summary.js';
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
    advanceTestClock: async ({ mode, testClock, toSeconds }) => {
      const nowSeconds = await advanceClock(sessionFor(deps, mode), testClock, toSeconds);
      return { nowSeconds };
    },
    reportUsage: (input) => reportUsage(deps, input),
    readSummary: (input) => readSummary(deps, input),
    holdInvoice: (input) => holdInvoice(deps, input),
    completeDraft: (input) => completeDraft(deps, input),
    finaliseInvoice: (input) => finaliseInvoice(deps, input),
    collectInvoice: (input) => collectInvoice(deps, input),
  });
}
