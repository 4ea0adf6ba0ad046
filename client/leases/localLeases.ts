import type { Reservation, ReserveRequest } from '../bodies.js';
import type { Http } from '../http.js';
import { LeasePool, type LeaseSize } from './leasePool.js';

/** How often leases that nobody uses are looked for. */
const TEND_MS = 1_000;

/** All leases of a client that asks for them by itself (`lease: true`). */
export class LocalLeases {
  readonly #http: Http;
  readonly #size: LeaseSize;
  readonly #pools = new Map<string, LeasePool>();
  #timer: NodeJS.Timeout | undefined;

  constructor(http: Http, size: LeaseSize) {
    this.#http = http;
    this.#size = size;
  }

  /** A reservation from a lease; null: ask the API for this one. */
  reserve(request: ReserveRequest): Promise<Reservation | null> {
    const key = poolKey(request);
    const pool = this.#pools.get(key) ?? new LeasePool(this.#http, this.#size);
    this.#pools.set(key, pool);
    this.#timer ??= setInterval(() => void this.#tend(), TEND_MS).unref();
    return pool.reserve(request);
  }

  /** Gives everything back that is not handed out. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()));
    this.#pools.clear();
  }

  async #tend(): Promise<void> {
    for (const [key, pool] of this.#pools) {
      await pool.tend();
      if (pool.isEmpty) this.#pools.delete(key);
    }
  }
}

/** Requests that one lease can serve: it counts in the same limits for all of them. */
function poolKey({ customer, user, quantities, properties = {} }: ReserveRequest): string {
  const meters = Object.keys(quantities).toSorted();
  const names = Object.keys(properties).toSorted();
  return JSON.stringify([customer, user, meters, names.map((name) => [name, properties[name]])]);
}
