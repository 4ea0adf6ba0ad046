import type { CustomerStore, InboxStore } from '../../ledger/stores/contract.js';
import type { Engine } from '../engine/engine.js';
import type { StripeEvent } from './stripeEvent.js';

/** Webhooks, each acted on once: a row first, then the signal, then `handed`. */

/** What the inbox stands on. */
export interface InboxPorts {
  readonly inbox: InboxStore;
  readonly customers: CustomerStore;
  readonly engine: Engine;
  readonly now: () => number;
}

/**
 * Takes one event. Returns only when row and signal are durable; a repeat of a row that is still
 * `received` (we died in between) signals again.
 * @throws Problem or LedgerError `unavailable`: Stripe sends it again.
 */
export async function takeWebhook(ports: InboxPorts, event: StripeEvent): Promise<void> {
  const row = await ports.inbox.receive({
    ...event,
    state: 'received',
    receivedAtMs: ports.now(),
  });
  if (row.state !== 'received') return;
  const customer =
    event.stripeCustomer === null
      ? null
      : await ports.customers.findByStripe(event.mode, event.stripeCustomer);
  if (!customer) {
    await ports.inbox.settle(event.id, 'ignored');
    return;
  }
  await ports.engine.stripeChanged(customer.key, event.id);
  await ports.inbox.settle(event.id, 'handed');
}
