import type { CustomerStore } from '../../ledger/stores/contract.js';
import type { InboxRow, InboxStore } from '../../ledger/stores/inboxStore.js';
import type { Engine } from '../engine/engine.js';
import type { StripeEvent } from './stripeEvent.js';

/** Webhooks, each acted on once: a row first, then the signal, then `handed`. */

/** What the inbox stands on. */
export interface InboxPorts {
  readonly inbox: Pick<InboxStore, 'receive' | 'settle'>;
  readonly customers: Pick<CustomerStore, 'findByStripe'>;
  readonly engine: Pick<Engine, 'stripeChanged' | 'workOnEvent'>;
  readonly now: () => number;
}

/**
 * What became of a webhook. `handed`: its customer is told. `looking`: the worker asks Stripe
 * whom it concerns. `waiting`: its customer is not known yet, the sweep looks again. `ignored`:
 * it concerns nobody. `repeated`: it was handed over before.
 */
export type Taken = 'handed' | 'looking' | 'waiting' | 'ignored' | 'repeated';

/**
 * Takes one event. Returns only when all that must not be lost is durable: the row, and the
 * signal to whom it concerns. A repeat of a row that is still `received` (we died in between)
 * signals again; whatever a repeat says, the row that stands counts.
 * @throws Problem or LedgerError `unavailable`: Stripe sends it again.
 */
export async function takeWebhook(ports: InboxPorts, event: StripeEvent): Promise<Taken> {
  const state = event.reason === undefined ? 'received' : 'ignored';
  const row = await ports.inbox.receive({ ...event, state, receivedAtMs: ports.now() });
  if (row.state === 'handed') return 'repeated';
  return row.state === 'ignored' ? 'ignored' : handOver(ports, row);
}

async function handOver(ports: InboxPorts, row: InboxRow): Promise<Taken> {
  const { id, type, mode, lookup, stripeCustomer } = row;
  if (lookup) {
    await ports.engine.workOnEvent(id);
    return 'looking';
  }
  if (stripeCustomer === null) return 'waiting';
  const customer = await ports.customers.findByStripe(mode, stripeCustomer);
  // Stripe may be quicker than the row of a customer that is just being made.
  if (!customer) return 'waiting';
  await ports.engine.stripeChanged(customer.key, id, type);
  await ports.inbox.settle(id, 'handed');
  return 'handed';
}
