import type { LeaseRequest, Quantities, Reservation } from '../bodies.js';

/** Time since a moment, by whichever clock shows more: one may stop, the other may be set back. */
export class Stopwatch {
  readonly #monotonicMs = performance.now();
  readonly #wallMs = Date.now();

  elapsedMs(): number {
    return Math.max(performance.now() - this.#monotonicMs, Date.now() - this.#wallMs);
  }
}

/** A lease as it was granted. */
export interface LeaseTerms {
  readonly id: string;
  readonly request: LeaseRequest;
  readonly quantities: Quantities;
  readonly expiresAt: string;
  /** Life, counted from `asked`. */
  readonly lifeMs: number;
  /** Started before the lease was asked for, so it runs ahead of the API's. */
  readonly asked: Stopwatch;
}

/** A usage has to reach the API before its lease ends: the last part of the life is for that. */
function handOutMs(lifeMs: number): number {
  return lifeMs - Math.min(lifeMs / 2, 30_000);
}

/** What one request holds. */
interface Taken {
  readonly quantities: Quantities;
  /** 1 of each `count` meter. */
  readonly counts: Quantities;
}

/** Which lease granted a reservation. */
const GRANTED = new WeakMap<Reservation, LocalLease>();

/** The lease of this process that granted a reservation. */
export function leaseOf(reservation: Reservation): LocalLease | undefined {
  return GRANTED.get(reservation);
}

const NO_COUNTS: Quantities = {};

function onesOf(meters: readonly string[]): Quantities {
  return Object.fromEntries(meters.map((meter) => [meter, 1]));
}

/** Whether quantities fit into what is free; none of them may be negative or broken. */
function fits(free: Quantities, asked: Quantities): boolean {
  for (const meter of Object.keys(asked)) {
    const quantity = asked[meter] ?? -1;
    if (!Number.isSafeInteger(quantity) || quantity < 0) return false;
    if ((free[meter] ?? -1) < quantity) return false;
  }
  return true;
}

/**
 * A block of quota, handed out in this process without a call. What is out and what is used
 * never exceed it together, and nothing is handed out in the last part of its life.
 */
export class LocalLease {
  readonly terms: LeaseTerms;
  /** Altered in place: a decision costs about a microsecond. */
  readonly #free: Record<string, number>;
  readonly #held = new Map<string, Taken>();
  #retired = false;

  constructor(terms: LeaseTerms) {
    this.terms = terms;
    this.#free = { ...terms.quantities };
  }

  get id(): string {
    return this.terms.id;
  }

  /** What nobody holds, whether it is handed out still or not. */
  get free(): Quantities {
    return { ...this.#free };
  }

  /** Reservations that have not ended. */
  get heldCount(): number {
    return this.#held.size;
  }

  /** False: it hands out no more. */
  get isOpen(): boolean {
    return !this.#retired && this.terms.asked.elapsedMs() < handOutMs(this.terms.lifeMs);
  }

  /** False: the API may have ended it. */
  get isAlive(): boolean {
    return this.terms.asked.elapsedMs() < this.terms.lifeMs;
  }

  /** Share of the time for handing out that is over, 0 to 1. */
  get ageShare(): number {
    return Math.min(1, this.terms.asked.elapsedMs() / handOutMs(this.terms.lifeMs));
  }

  /**
   * Holds quantities for one request; null: they don't fit, or it hands out no more. Of a lease
   * that names `count` meters each request takes 1 of each.
   */
  take(
    quantities: Quantities,
    id: string = crypto.randomUUID(),
    countMeters: readonly string[] = [],
  ): Reservation | null {
    const counts = countMeters.length === 0 ? NO_COUNTS : onesOf(countMeters);
    const debit = counts === NO_COUNTS ? quantities : { ...quantities, ...counts };
    if (!this.isOpen || this.#held.has(id) || !fits(this.#free, debit)) return null;
    this.#add(debit, -1);
    this.#held.set(id, { quantities, counts });
    const reservation: Reservation = {
      id,
      customer: this.terms.request.customer,
      user: this.terms.request.user ?? null,
      status: 'held',
      quantities,
      expiresAt: this.terms.expiresAt,
      token: null,
      committed: null,
      writeOff: null,
      limits: [],
      lease: this.id,
    };
    GRANTED.set(reservation, this);
    return reservation;
  }

  /**
   * Ends a reservation: what it did not use can be handed out again; null: nothing was used, and
   * it was no request either. False: it had ended.
   */
  settle(id: string, used: Quantities | null): boolean {
    const held = this.#held.get(id);
    if (!held) return false;
    this.#held.delete(id);
    this.#add(held.quantities, 1);
    if (used === null) this.#add(held.counts, 1);
    else this.#add(used, -1);
    return true;
  }

  /** More than was held may have been used: then nothing of it is left. */
  #add(quantities: Quantities, sign: 1 | -1): void {
    const free = this.#free;
    for (const meter of Object.keys(quantities)) {
      const before = free[meter];
      if (before === undefined) continue;
      free[meter] = Math.max(0, before + sign * (quantities[meter] ?? 0));
    }
  }

  /** Hands out no more; returns what it had left. */
  retire(): Quantities {
    this.#retired = true;
    return this.free;
  }
}
