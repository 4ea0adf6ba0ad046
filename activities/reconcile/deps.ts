import type { Ledger } from '../../ledger/contract.js';
import type { WorkflowClient } from '../customerWorkflow.js';
import type { StripeClients } from '../stripe/client.js';

/** What reconciliation and explanation stand on. */
export interface ReconcileDeps {
  readonly ledger: Ledger;
  readonly stripe: StripeClients;
  readonly client: WorkflowClient;
  /** Real time, ms. */
  readonly now: () => number;
}
