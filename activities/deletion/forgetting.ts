import type { CustomerKey } from '../../billing/log.js';
import type { Ledger } from '../../ledger/contract.js';
import { guarded } from '../guarded.js';
import { accountName, findMade } from '../stripe/account.js';
import type { StripeClients } from '../stripe/client.js';
import { sessionFor, type StripeDeps } from '../stripe/deps.js';
import { ensure } from '../stripe/ensure.js';
import { classify } from '../stripe/failures.js';
import type { StripeSession } from '../stripe/session.js';
import type { ForgettingActivities } from './contract.js';

/** Name and address go at Stripe, too, where we have brought them there. */

/** The activity that forgets at Stripe, over the clients of both modes. */
export function createForgettingActivities(options: {
  readonly ledger: Ledger;
  readonly stripe: StripeClients;
  /** Real time, ms; default the machine's. */
  readonly now?: () => number;
}): ForgettingActivities {
  const deps: StripeDeps = { now: Date.now, ...options };
  return guarded<ForgettingActivities>({ forgetAtStripe: ({ key }) => forgetAtStripe(deps, key) });
}

async function forgetAtStripe(deps: StripeDeps, key: CustomerKey): Promise<void> {
  const name = accountName(key);
  const made = await deps.ledger.ensures.find(name);
  if (!made) return;
  const session = sessionFor(deps, key.mode);
  const customer = made.object ?? (await findMade(session, key));
  if (customer !== null) await emptied(session, `forgotten/${name}`, customer);
}

async function emptied(session: StripeSession, name: string, customer: string): Promise<void> {
  const { customers } = session.stripe;
  try {
    await ensure(session, {
      name,
      find: async () => {
        const found = await customers.retrieve(customer, {}, session.within());
        return found.deleted || (!found.name && !found.email) ? customer : null;
      },
      create: async (httpKey) => {
        const nothing = { name: '', email: '' };
        return (await customers.update(customer, nothing, session.within(httpKey))).id;
      },
    });
  } catch (error) {
    // Others have deleted it there: nothing is left to empty.
    if (classify(error)?.code !== 'resource_missing') throw error;
  }
}
