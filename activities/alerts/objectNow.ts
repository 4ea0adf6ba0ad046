import { customerBody } from '../../billing/customer/reads/standing.js';
import type { Ledger } from '../../ledger/contract.js';
import type { StoredAlert } from '../../ledger/stores/alertStore.js';
import { billingWorkflowId, standingQuery } from '../../workflows/messages.js';
import type { WorkflowClient } from '../customerWorkflow.js';
import type { Message } from './channel.js';

/** Longest wait for a workflow's answer, ms. */
const QUERY_MS = 3_000;

/**
 * What an alert is about, as it is now: the invoice (CONTRACT §4.6) or the customer (§4.1). Where
 * that can't be read, its id alone: an alert is not kept back for it.
 */
export async function objectNow(
  ledger: Pick<Ledger, 'invoices'>,
  client: WorkflowClient,
  alert: StoredAlert,
): Promise<Message['object']> {
  const { mode, customer, invoice } = alert;
  try {
    const found = invoice === null ? null : await ledger.invoices.find(mode, invoice);
    if (found) {
      const { mode: _mode, ...body } = found;
      return body;
    }
    const handle = client.workflow.getHandle(billingWorkflowId(alert));
    const asking = () => handle.query(standingQuery);
    const state = await client.withDeadline(Date.now() + QUERY_MS, asking);
    return customerBody(state, Date.now());
  } catch {
    return { id: invoice ?? customer };
  }
}
