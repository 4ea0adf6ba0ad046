import {
  Client,
  WithStartWorkflowOperation,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type Connection,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { CustomerKey, UsageMessage } from '../../billing/log.js';
import type { CustomerState } from '../../billing/state.js';
import {
  BILLING_TASK_QUEUE,
  billingWorkflowId,
  CUSTOMER_WORKFLOW,
  decideUpdate,
  DELETION_WORKFLOW,
  deletionWorkflowId,
  EVENT_WORKFLOW,
  eventWorkflowId,
  REFUSED,
  standingQuery,
  stripeChangedSignal,
  usageRecordedSignal,
  type CustomerInput,
  type DecideReply,
  type DecideRequest,
  type DeletionOutcome,
} from '../../workflows/messages.js';
import { DATA_CONVERTER } from '../../workflows/payloadCodec.js';
import { unavailable } from '../errors/problem.js';
import type { Engine } from './engine.js';
import { readinessOf } from './readiness.js';

/** Longest wait for one call, retries included. */
const CALL_MS = 5000;

/** Longest wait for a deletion: most take about a second. */
const DELETION_MS = 20_000;

/** The engine over a Temporal connection; owns the connection from now on. */
export class TemporalEngine implements Engine {
  private readonly client: Client;

  constructor(
    private readonly connection: Connection,
    private readonly namespace: string,
  ) {
    this.client = new Client({ connection, namespace, dataConverter: DATA_CONVERTER });
  }

  async tell(key: CustomerKey, message: UsageMessage): Promise<void> {
    await this.call('The customer could not be told of', () =>
      this.client.workflow.signalWithStart(CUSTOMER_WORKFLOW, {
        ...this.startOf(key),
        signal: usageRecordedSignal,
        signalArgs: [message],
      }),
    );
  }

  async stripeChanged(key: CustomerKey, event: string, type: string): Promise<void> {
    await this.call('The customer could not be told of', () =>
      this.client.workflow.signalWithStart(CUSTOMER_WORKFLOW, {
        ...this.startOf(key),
        signal: stripeChangedSignal,
        signalArgs: [{ event, type }],
      }),
    );
  }

  async workOnEvent(event: string): Promise<void> {
    await this.call('The event could not be handed on', () =>
      this.client.workflow.start(EVENT_WORKFLOW, {
        workflowId: eventWorkflowId(event),
        taskQueue: BILLING_TASK_QUEUE,
        args: [event],
        workflowIdConflictPolicy: 'USE_EXISTING',
      }),
    );
  }

  async decide(
    key: CustomerKey,
    request: DecideRequest,
    updateId: string,
  ): Promise<DecideReply & { readonly folded: boolean }> {
    return this.call('The customer can not be asked', async () => {
      try {
        return { ...(await this.update(key, request, updateId)), folded: true };
      } catch (error) {
        const reply = refusal(error);
        if (!reply) throw error;
        return { ...reply, folded: false };
      }
    });
  }

  /** The same Update however often it is sent under `updateId`. */
  private async update(
    key: CustomerKey,
    request: DecideRequest,
    updateId: string,
  ): Promise<DecideReply> {
    const asked = { updateId, args: [request] as [DecideRequest] };
    const handle = this.client.workflow.getHandle(billingWorkflowId(key));
    try {
      return await handle.executeUpdate(decideUpdate, asked);
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
    const startWorkflowOperation = new WithStartWorkflowOperation(CUSTOMER_WORKFLOW, {
      ...this.startOf(key),
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
    return this.client.workflow.executeUpdateWithStart(decideUpdate, {
      ...asked,
      startWorkflowOperation,
    });
  }

  async standing(key: CustomerKey): Promise<CustomerState | null> {
    const handle = this.client.workflow.getHandle(billingWorkflowId(key));
    return this.call('The standing of the customer can not be read', async () => {
      try {
        return await handle.query(standingQuery);
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return null;
        throw error;
      }
    });
  }

  async deleteCustomer(key: CustomerKey): Promise<DeletionOutcome> {
    const workflowId = deletionWorkflowId(key);
    const deleting = async (): Promise<DeletionOutcome> => {
      const started = await this.client.workflow.start(DELETION_WORKFLOW, {
        workflowId,
        taskQueue: BILLING_TASK_QUEUE,
        args: [{ key }],
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
      return (await started.result()) as DeletionOutcome;
    };
    return this.call(`${key.customer} is still being deleted`, deleting, DELETION_MS);
  }

  readiness(): Promise<{ readonly temporal: boolean; readonly worker: boolean }> {
    return readinessOf(this.connection, this.namespace);
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  private startOf(key: CustomerKey) {
    const input: CustomerInput = { key };
    return {
      workflowId: billingWorkflowId(key),
      taskQueue: BILLING_TASK_QUEUE,
      args: [input] as [CustomerInput],
      staticSummary: `Customer ${key.customer} (${key.mode})`,
    };
  }

  /** Every fault of Temporal means: nothing is known, ask again. */
  private async call<Value>(
    what: string,
    run: () => Promise<Value>,
    limitMs = CALL_MS,
  ): Promise<Value> {
    try {
      return await this.connection.withDeadline(Date.now() + limitMs, run);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw unavailable(`${what}: Temporal does not answer (${reason}).`, error, 2);
    }
  }
}

/** The reply in a refusal by the workflow's validator; null for any other failure. */
function refusal(error: unknown): DecideReply | null {
  if (!(error instanceof WorkflowUpdateFailedError)) return null;
  const { cause } = error;
  if (!(cause instanceof ApplicationFailure) || cause.type !== REFUSED) return null;
  return (cause.details?.[0] as DecideReply | undefined) ?? null;
}
