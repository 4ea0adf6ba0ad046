import { randomBytes } from 'node:crypto';
import type { Reservation } from '../../billing/holds/settlement.js';
import type { CustomerKey, Quantities } from '../../billing/log.js';
import type { AskedReservation, GrantedReservation, LeaseBook } from '../decisions/contract.js';
import { processClock, type Clock } from './clock.js';
import { CustomerLeases, type LeaseEvents, type LeasePorts } from './customerLeases.js';
import type { HeldLease } from './heldLease.js';

/** The leases of this process: what it holds of its customers' quota, in its own memory. */

/** Customers who ask at the same time that are followed; asks of further ones are exact. */
const CUSTOMERS_MAX = 20_000;

/** Reservations out of leases that wait for their settle at most; beyond it asks are exact. */
const TOKENS_MAX = 200_000;

/** How often what is due is looked for, ms. */
const SWEEP_MS = 250;

/** Hands reservations out of leases. Loses nothing that is not returned by a lease's end. */
export class ProcessLeases implements LeaseBook {
  private readonly customers = new Map<string, CustomerLeases>();
  /** The lease of each reservation that waits for its settle, by the reservation's id. */
  private readonly waiting = new Map<string, HeldLease>();
  /** Names this process to the workflows. */
  private readonly holder = randomBytes(9).toString('base64url');
  private readonly events: LeaseEvents = {
    taken: (id, lease) => this.waiting.set(id, lease),
    ended: (lease) => {
      for (const id of lease.waiting) this.waiting.delete(id);
    },
  };
  private timer: NodeJS.Timeout | null = null;
  private isClosed = false;

  constructor(
    private readonly ports: LeasePorts,
    private readonly clock: Clock = processClock,
  ) {}

  take(asked: AskedReservation): GrantedReservation | null {
    if (this.ports.mode === 'off' || this.isClosed || asked.id !== null) return null;
    if (this.waiting.size >= TOKENS_MAX) return null;
    const customer = this.customerOf(asked.key);
    if (!customer) return null;
    this.timer ??= setInterval(() => this.sweep(), SWEEP_MS).unref();
    return customer.take(asked);
  }

  async giveBack(key: CustomerKey): Promise<void> {
    await this.customers.get(nameOf(key))?.giveBackAll();
  }

  named(key: CustomerKey, id: string): GrantedReservation | null {
    return this.ports.tokens.named(key, id);
  }

  owns({ id }: Reservation): boolean {
    if (this.isClosed) return false;
    return this.waiting.get(id)?.isHandedOut(this.clock()) ?? false;
  }

  settled({ id }: Reservation, settled: Quantities): void {
    this.waiting.get(id)?.settle(id, settled);
    this.waiting.delete(id);
  }

  async close(timeoutMs: number): Promise<void> {
    this.isClosed = true;
    if (this.timer) clearInterval(this.timer);
    const returns = [...this.customers.values()].map((customer) => customer.giveBackAll());
    const inTime = new AbortController();
    const late = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      inTime.signal.addEventListener('abort', () => clearTimeout(timer));
    });
    const all = Promise.allSettled(returns).then((outcomes) => this.report(outcomes));
    await Promise.race([all, late]);
    inTime.abort();
  }

  /** Gives back what is due and forgets what has ended. Runs by itself while anything is held. */
  sweep(): void {
    for (const [name, customer] of this.customers) {
      customer.sweep();
      if (customer.isIdle) this.customers.delete(name);
    }
    if (this.customers.size > 0 || !this.timer) return;
    clearInterval(this.timer);
    this.timer = null;
  }

  private customerOf(key: CustomerKey): CustomerLeases | null {
    const name = nameOf(key);
    const known = this.customers.get(name);
    if (known) return known;
    if (this.customers.size >= CUSTOMERS_MAX) return null;
    const { ports, clock, events, holder } = this;
    const customer = new CustomerLeases(key, holder, ports, clock, events);
    this.customers.set(name, customer);
    return customer;
  }

  private report(outcomes: readonly PromiseSettledResult<void>[]): void {
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') this.ports.onFault(outcome.reason);
    }
  }
}

function nameOf({ mode, customer, life }: CustomerKey): string {
  return `${mode}/${customer}#${life}`;
}
