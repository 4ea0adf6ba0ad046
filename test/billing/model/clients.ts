import type { HoldAsk } from '../../../billing/holds/asks.js';
import type { Quantities } from '../../../billing/log.js';

/** An ask that makes a hold. */
export type Asking = Extract<HoldAsk, { type: 'reserve' | 'lease' }>;

/** A reservation or a lease as its holder knows it. */
export interface Ticket {
  readonly id: string;
  readonly kind: 'reservation' | 'lease';
  /** `ID#SERIAL@EPOCH`. */
  readonly hold: string;
  readonly user: string | null;
  readonly properties: Readonly<Record<string, string>>;
  quantities: Quantities;
  readonly grantedAtMs: number;
  expiresAtMs: number;
  readonly since: number;
  /** True once its holder will not use it again. */
  done: boolean;
  /** Of a lease: what its holder has handed out and settled. */
  spent: Record<string, number>;
}

/** What callers know: their reservations, their leases, and the events they have sent. */
export class Clients {
  readonly tickets: Ticket[] = [];
  /** Asks that were sent, to be repeated. */
  readonly asked: Asking[] = [];

  open(kind: Ticket['kind']): Ticket[] {
    return this.tickets.filter((ticket) => !ticket.done && ticket.kind === kind);
  }
}
