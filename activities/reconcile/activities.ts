import type { ReconcileActivities } from '../contract.js';
import { guarded } from '../guarded.js';
import type { ReconcileDeps } from './deps.js';
import { reconcileCustomer } from './reconcile.js';

/** The activities of the daily reconciliation. */
export function createReconcileActivities(
  options: Omit<ReconcileDeps, 'now'> & { readonly now?: () => number },
): ReconcileActivities {
  const deps: ReconcileDeps = { now: Date.now, ...options };
  return guarded<ReconcileActivities>({
    customersToReconcile: async ({ mode, after, limit }) => {
      const page = after === null ? { mode, limit } : { mode, limit, after };
      return (await deps.ledger.customers.list(page)).map(({ key }) => key);
    },
    reconcileCustomer: async ({ key }) => {
      const { differences } = await reconcileCustomer(deps, key);
      return { differences };
    },
  });
}
