import type { Actual, EventOutcome, Quantities, UsageEvent } from '../../../client/bodies.js';

/** The books of the API's double: strict about ids, ends and limits. */

/** A refusal, as the double answers it. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly retryable = false,
  ) {
    super(code);
  }
}

type Status = 'held' | 'committed' | 'released' | 'expired';

interface Hold {
  readonly id: string;
  readonly customer: string;
  readonly body: string;
  quantities: Quantities;
  expiresAtMs: number;
  status: Status;
  committed: Quantities | null;
  writeOff: Quantities | null;
}

interface Lease {
  readonly id: string;
  readonly endsAtMs: number;
  left: Record<string, number>;
}

/** A usage that counted: what the tests judge. */
export interface Counted {
  readonly id: string;
  readonly quantities: Quantities;
  readonly timestamp: string | undefined;
}

/** An ask for quota. */
export interface Asked {
  readonly id?: string;
  readonly customer: string;
  readonly quantities: Quantities;
  readonly ttlMs?: number;
}

function sum(quantities: Quantities): number {
  return Object.values(quantities).reduce((total, quantity) => total + quantity, 0);
}

/** One limit over all meters together, for all customers together: enough to overshoot. */
export class Ledger {
  readonly counted: Counted[] = [];
  readonly holds = new Map<string, Hold>();
  readonly #open = new Set<Hold>();
  #used = 0;
  readonly #events = new Map<string, string>();
  readonly #leases = new Map<string, Lease>();

  constructor(readonly limit: number) {}

  /** Units on an invoice. */
  get used(): number {
    return this.#used;
  }

  /** Units that are held now. */
  get held(): number {
    this.#expire();
    const leased = [...this.#leases.values()].map(({ left }) => sum(left));
    const holds = [...this.#open].reduce((total, { quantities }) => total + sum(quantities), 0);
    return holds + leased.reduce((total, units) => total + units, 0);
  }

  reserve(asked: Asked & { readonly id: string }): Hold {
    this.#expire();
    const body = JSON.stringify([asked.customer, asked.quantities]);
    const known = this.holds.get(asked.id);
    if (known && known.body !== body) throw new Refusal(409, 'conflict');
    if (known) return known;
    this.#fit(sum(asked.quantities));
    const { id, customer, quantities, ttlMs = 60_000 } = asked;
    const expiresAtMs = Date.now() + ttlMs;
    const ends = { status: 'held' as const, committed: null, writeOff: null };
    const hold: Hold = { id, customer, quantities, expiresAtMs, body, ...ends };
    this.holds.set(id, hold);
    this.#open.add(hold);
    return hold;
  }

  commit(id: string, actual: Actual): Hold {
    this.#expire();
    const hold = this.#hold(id);
    if (hold.status === 'committed') return hold;
    if (hold.status === 'released') throw new Refusal(409, 'reservation_released');
    const used = actual.cacheHit ? {} : (actual.quantities ?? hold.quantities);
    this.#end(hold, 'committed');
    if (this.used + this.held + sum(used) > this.limit) {
      hold.writeOff = used;
      return hold;
    }
    hold.committed = used;
    if (actual.cacheHit) return hold;
    this.#count({ id, quantities: used, timestamp: undefined });
    return hold;
  }

  release(id: string): Hold {
    this.#expire();
    const hold = this.#hold(id);
    if (hold.status === 'committed') throw new Refusal(409, 'reservation_committed');
    if (hold.status === 'held') this.#end(hold, 'released');
    return hold;
  }

  extend(id: string, ttlMs: number): Hold {
    this.#expire();
    const hold = this.#hold(id);
    if (hold.status === 'held') hold.expiresAtMs = Date.now() + ttlMs;
    return hold;
  }

  lease({ quantities, ttlMs = 60_000 }: Asked): { readonly id: string; readonly endsAtMs: number } {
    this.#fit(sum(quantities));
    const id = `lease-${this.#leases.size + 1}`;
    const endsAtMs = Date.now() + ttlMs;
    this.#leases.set(id, { id, endsAtMs, left: { ...quantities } });
    return { id, endsAtMs };
  }

  /** `unused` goes back. */
  returnLease(id: string, unused: Quantities): void {
    const lease = this.#leases.get(id);
    for (const [meter, units] of Object.entries(unused)) {
      const left = lease?.left[meter] ?? 0;
      if (lease) lease.left[meter] = Math.max(0, left - units);
    }
  }

  record(event: UsageEvent & { readonly id: string }): EventOutcome {
    this.#expire();
    const { id, quantities, timestamp } = event;
    if (quantities['unknown'] !== undefined) {
      return { id, status: 'rejected', code: 'unknown_meter', detail: 'no such meter' };
    }
    const content = JSON.stringify(event);
    const known = this.#events.get(id);
    if (known !== undefined) return { id, status: known === content ? 'duplicate' : 'conflict' };
    this.#events.set(id, content);
    if (event.cacheHit) return { id, status: 'free' };
    const lease = this.#leases.get(event.lease ?? '');
    for (const [meter, units] of Object.entries(lease ? quantities : {})) {
      if (lease) lease.left[meter] = Math.max(0, (lease.left[meter] ?? 0) - units);
    }
    this.#count({ id, quantities, timestamp });
    return { id, status: 'recorded' };
  }

  #hold(id: string): Hold {
    const hold = this.holds.get(id);
    if (!hold) throw new Refusal(404, 'not_found');
    return hold;
  }

  #end(hold: Hold, status: Status): void {
    hold.status = status;
    this.#open.delete(hold);
  }

  #count(counted: Counted): void {
    this.counted.push(counted);
    this.#used += sum(counted.quantities);
  }

  #fit(units: number): void {
    if (this.used + units > this.limit) throw new Refusal(402, 'limit_reached');
    if (this.used + this.held + units > this.limit) {
      throw new Refusal(429, 'held_by_concurrent_requests', true);
    }
  }

  #expire(): void {
    const now = Date.now();
    for (const hold of this.#open) if (hold.expiresAtMs <= now) this.#end(hold, 'expired');
    for (const lease of this.#leases.values()) if (lease.endsAtMs <= now) lease.left = {};
  }
}
