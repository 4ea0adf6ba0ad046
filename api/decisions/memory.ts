import type { CustomerKey } from '../../billing/log.js';
import type { GrantedReservation } from './contract.js';

/** Reservations of one process; the oldest are forgotten, any process finds them elsewhere. */
const RESERVATIONS_MAX = 20_000;

function nameOf({ mode, customer, life }: CustomerKey, id: string): string {
  return `${mode}/${customer}#${life}/${id}`;
}

/** What this process granted lately: a commit by id needs no question then. */
export class RecentReservations {
  private readonly granted = new Map<string, GrantedReservation>();

  constructor(private readonly most: number = RESERVATIONS_MAX) {}

  get(key: CustomerKey, id: string): GrantedReservation | null {
    return this.granted.get(nameOf(key, id)) ?? null;
  }

  remember(granted: GrantedReservation): void {
    const name = nameOf(granted.key, granted.id);
    this.granted.delete(name);
    this.granted.set(name, granted);
    if (this.granted.size <= this.most) return;
    const oldest = this.granted.keys().next();
    if (!oldest.done) this.granted.delete(oldest.value);
  }
}
