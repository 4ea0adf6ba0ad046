import type { WorkflowClient } from '../../../activities/customerWorkflow.js';
import { sweepInbox } from '../../../activities/sweepInbox.js';
import { takeWebhook, type InboxPorts } from '../../../api/webhooks/inbox.js';
import type { StripeEvent } from '../../../api/webhooks/stripeEvent.js';
import type { StoredCustomer } from '../../../ledger/stores/contract.js';
import type { InboxRow, InboxStore } from '../../../ledger/stores/inboxStore.js';

/** Receiver and sweep over one inbox in memory, on a clock that a test moves; ports may fail. */

/** How a call of a port ends: well, or with an error before or after it took effect. */
export type Fate = 'well' | 'before' | 'after';

/** An inbox in memory with the promises of the real one. */
class MemoryInbox implements InboxStore {
  readonly rows = new Map<string, InboxRow>();

  receive(row: InboxRow): Promise<InboxRow> {
    const standing = this.rows.get(row.id) ?? row;
    this.rows.set(row.id, standing);
    return Promise.resolve(standing);
  }

  find(id: string): Promise<InboxRow | null> {
    return Promise.resolve(this.rows.get(id) ?? null);
  }

  settle(id: string, state: 'handed' | 'ignored', reason?: string): Promise<void> {
    const row = this.rows.get(id);
    if (row?.state === 'received') {
      this.rows.set(id, { ...row, state, ...(reason === undefined ? {} : { reason }) });
    }
    return Promise.resolve();
  }

  waiting(beforeMs: number, limit: number, after?: InboxRow): Promise<readonly InboxRow[]> {
    const place = (row: Pick<InboxRow, 'id' | 'receivedAtMs'>) =>
      `${String(row.receivedAtMs).padStart(16, '0')}/${row.id}`;
    const rows = [...this.rows.values()]
      .filter((row) => row.state === 'received' && row.receivedAtMs < beforeMs)
      .filter((row) => !after || place(row) > place(after))
      .sort((a, b) => (place(a) < place(b) ? -1 : 1));
    return Promise.resolve(rows.slice(0, limit));
  }

  forget(beforeMs: number): Promise<void> {
    for (const row of this.rows.values()) {
      if (row.state !== 'received' && row.receivedAtMs < beforeMs) this.rows.delete(row.id);
    }
    return Promise.resolve();
  }
}

/** Fails a call as its fate says, whatever happened meanwhile. */
async function fated<T>(fate: Fate, call: () => Promise<T>): Promise<T> {
  if (fate === 'before') throw new Error('killed before it');
  const answer = await call();
  if (fate === 'after') throw new Error('killed after it');
  return answer;
}

/** One world of webhooks. */
export class InboxWorld {
  nowMs = 1_800_000_000_000;
  readonly inbox = new MemoryInbox();
  /** Stripe customers that are known to be ours, `MODE/ID`. */
  readonly known = new Set<string>();
  /** `CUSTOMER EVENT` of each signal that became durable, `work EVENT` of each start. */
  readonly told: string[] = [];
  /** What ends the next calls; used up one by one, then all go well. */
  fates: Fate[] = [];

  /** What is received, as Stripe would send it; false: it is to be sent again. */
  async receive(event: StripeEvent): Promise<boolean> {
    try {
      await takeWebhook(this.ports(), event);
      return true;
    } catch {
      return false;
    }
  }

  /** One run of the sweep; a failure leaves the rest to the next one. */
  async sweep(): Promise<void> {
    const ledger = { inbox: this.failing(), customers: this.customers() };
    const client = this.client();
    const now = () => this.nowMs;
    await sweepInbox({ ledger: ledger as never, client, now }).catch(() => undefined);
  }

  /** What each event came to: its state, and why. */
  ends(): Readonly<Record<string, string>> {
    const rows = [...this.inbox.rows.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    return Object.fromEntries(rows.map(({ id, state, reason = '' }) => [id, `${state} ${reason}`]));
  }

  private fate(): Fate {
    return this.fates.shift() ?? 'well';
  }

  private failing(): InboxStore {
    const { inbox } = this;
    return {
      receive: (row) => fated(this.fate(), () => inbox.receive(row)),
      find: (id) => inbox.find(id),
      settle: (...end) => fated(this.fate(), () => inbox.settle(...end)),
      waiting: (...asked) => inbox.waiting(...(asked as [number, number, InboxRow?])),
      forget: (beforeMs) => inbox.forget(beforeMs),
    };
  }

  private customers() {
    return {
      findByStripe: (mode: string, id: string) => {
        const key = { mode, customer: id, life: 1 };
        const found = this.known.has(`${mode}/${id}`) ? ({ key } as StoredCustomer) : null;
        return Promise.resolve(found);
      },
    };
  }

  private tell(line: string): Promise<void> {
    return fated(this.fate(), () => {
      this.told.push(line);
      return Promise.resolve();
    });
  }

  /** The worker is quick here: what it was asked to look at is done. */
  private async work(event: string): Promise<void> {
    await this.tell(`work ${event}`);
    await this.inbox.settle(event, 'handed');
  }

  private ports(): InboxPorts {
    return {
      inbox: this.failing(),
      customers: this.customers(),
      engine: {
        stripeChanged: ({ mode, customer }, event) => this.tell(`${mode}/${customer} ${event}`),
        workOnEvent: (event) => this.work(event),
      },
      now: () => this.nowMs,
    };
  }

  private client(): WorkflowClient {
    return {
      withDeadline: <T>(_deadline: number, act: () => Promise<T>) => act(),
      workflow: {
        signalWithStart: (
          _type: string,
          { workflowId, signalArgs }: { workflowId: string; signalArgs: [{ event: string }] },
        ) => this.tell(`${workflowId.replace('billing/', '')} ${signalArgs[0].event}`),
        start: (_type: string, { args }: { args: [string] }) => this.work(args[0]),
      },
    } as unknown as WorkflowClient;
  }
}
