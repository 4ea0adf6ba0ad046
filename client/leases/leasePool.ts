import type { Quantities, Reservation, ReserveRequest } from '../bodies.js';
import { isAway } from '../durabillError.js';
import type { Http } from '../http.js';
import { askLease, returnLease } from './asking.js';
import type { LocalLease } from './localLease.js';

/** How much a lease holds, in requests like the last one. */
export interface LeaseSize {
  readonly requestsMin: number;
  readonly requestsMax: number;
  /** `count` meters that a lease takes 1 of for each request. */
  readonly countMeters: readonly string[];
}

/** After a denial each request is asked for by itself, near the limit. */
const EXACT_MS = 500;

/** Without a request for so long, what is left goes back. */
const IDLE_MS = 5_000;

/** A request that two leases have left out is asked for by itself. */
const LEASES_AWAITED_MAX = 2;

/** The next lease is asked for when less than this is left, of quota or of time. */
const REFILL_SHARE = 0.4;

/** Leases of one customer, user, set of meters and properties: one in use, one to come. */
export class LeasePool {
  readonly #http: Http;
  readonly #size: LeaseSize;
  #leases: LocalLease[] = [];
  #retired: LocalLease[] = [];
  #asking: Promise<void> | null = null;
  #requests: number;
  #exactUntilMs = 0;
  /** Requests that wait for the lease that is asked for. */
  #waiting = 0;
  #takenAtMs = performance.now();

  constructor(http: Http, size: LeaseSize) {
    this.#http = http;
    this.#size = size;
    this.#requests = size.requestsMin;
  }

  /** Nothing in it is of use to anybody. */
  get isEmpty(): boolean {
    return !this.#asking && this.#leases.length + this.#retired.length === 0;
  }

  /** A reservation from a lease at hand, without a call; null: none fits. */
  take(request: ReserveRequest): Reservation | null {
    this.#takenAtMs = performance.now();
    for (const lease of this.#leases) {
      const reservation = lease.take(request.quantities, request.id, this.#size.countMeters);
      if (!reservation) continue;
      if (this.#isLow(lease)) this.#refill(request);
      return reservation;
    }
    return null;
  }

  /** As `take`, but waits for a lease that is asked for; many that wait share it. */
  async reserve(request: ReserveRequest): Promise<Reservation | null> {
    let taken = this.take(request);
    for (let lease = 1; !taken && lease <= LEASES_AWAITED_MAX; lease += 1) {
      this.#refill(request);
      if (!this.#asking) return null;
      this.#waiting += 1;
      await this.#asking;
      this.#waiting -= 1;
      taken = this.take(request);
    }
    return taken;
  }

  /** Asks for no more leases and gives back all that is not handed out. */
  async close(): Promise<void> {
    this.#exactUntilMs = Infinity;
    await this.#asking;
    await this.tend(true);
  }

  /** Gives back what nobody asks for; called now and then. */
  async tend(all = false): Promise<void> {
    const idle = all || performance.now() - this.#takenAtMs > IDLE_MS;
    const done = this.#leases.filter((lease) => idle || !lease.isOpen);
    this.#leases = this.#leases.filter((lease) => !done.includes(lease));
    for (const lease of done) {
      this.#learn(lease);
      lease.retire();
    }
    const waiting = [...this.#retired, ...done].filter((lease) => lease.isAlive);
    const back = waiting.filter((lease) => all || lease.heldCount === 0);
    this.#retired = waiting.filter((lease) => !back.includes(lease));
    // Not given back it returns when the lease ends.
    await Promise.allSettled(back.map((lease) => returnLease(this.#http, lease)));
  }

  #isLow(lease: LocalLease): boolean {
    if (lease !== this.#leases.at(-1)) return false;
    return lease.ageShare > 1 - REFILL_SHARE || this.#shareLeft(lease) < REFILL_SHARE;
  }

  #shareLeft(lease: LocalLease): number {
    const shares = Object.entries(lease.terms.quantities).map(([meter, size]) => {
      return size === 0 ? 1 : (lease.free[meter] ?? 0) / size;
    });
    return Math.min(...shares);
  }

  /** Used up early: the next one is larger. Hardly used: smaller. */
  #learn(lease: LocalLease): void {
    const left = this.#shareLeft(lease);
    const early = left < REFILL_SHARE && lease.ageShare < 0.5;
    const factor = early ? 2 : left > 0.8 ? 0.5 : 1;
    const { requestsMin, requestsMax } = this.#size;
    this.#requests = Math.max(requestsMin, Math.min(requestsMax, this.#requests * factor));
  }

  #refill(request: ReserveRequest): void {
    if (this.#asking || performance.now() < this.#exactUntilMs) return;
    const last = this.#leases.at(-1);
    if (last) this.#learn(last);
    this.#asking = this.#ask(request).finally(() => {
      this.#asking = null;
    });
  }

  async #ask({ customer, user, quantities, properties }: ReserveRequest): Promise<void> {
    // Those who ask in the same turn are to fit in as well.
    await Promise.resolve();
    const requests = Math.min(this.#size.requestsMax, Math.max(this.#requests, this.#waiting * 2));
    const counts = this.#size.countMeters.map((meter) => [meter, 1] as const);
    const one = { ...quantities, ...Object.fromEntries(counts) };
    const size = scaled(one, requests);
    try {
      const asked = { customer, user, quantities: size, properties };
      const lease = await askLease(this.#http, asked);
      this.#leases = [...this.#leases.filter((one) => this.#keeps(one)), lease];
    } catch (error) {
      // The exact way says whether this one request may run, and why not.
      this.#exactUntilMs = Math.max(this.#exactUntilMs, performance.now() + EXACT_MS);
      const factor = isAway(error) ? 1 : 0.25;
      this.#requests = Math.max(this.#size.requestsMin, this.#requests * factor);
    }
  }

  #keeps(lease: LocalLease): boolean {
    if (lease.isOpen && this.#shareLeft(lease) > 0) return true;
    this.#retired.push(lease);
    return false;
  }
}

function scaled(quantities: Quantities, requests: number): Quantities {
  const entries = Object.entries(quantities).map(([meter, quantity]) => {
    return [meter, Math.min(Number.MAX_SAFE_INTEGER, quantity * Math.ceil(requests))] as const;
  });
  return Object.fromEntries(entries);
}
