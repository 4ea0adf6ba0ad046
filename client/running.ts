import type { Actual, Reservation, ReserveRequest } from './bodies.js';
import type { Outbox } from './outbox.js';

/** Work that may run, and how it ends: once, by whichever end comes first. */
export interface Running {
  /** Null: it runs without one. */
  readonly reservation: Reservation | null;
  /** It succeeded: counts what it used. @throws DurabillError when that can't be recorded. */
  commit(actual: Actual): Promise<void>;
  /** It failed: nothing is counted. Throws only what an earlier `commit` did. */
  release(): Promise<void>;
}

/** Work that was let run while the API was away: its usage is an event of the same id. */
export class Unheld implements Running {
  readonly reservation = null;
  readonly #outbox: Outbox;
  readonly #request: ReserveRequest;
  #end: Promise<void> | null = null;

  constructor(outbox: Outbox, request: ReserveRequest) {
    this.#outbox = outbox;
    this.#request = request;
  }

  commit(actual: Actual): Promise<void> {
    this.#end ??= this.#record(actual);
    return this.#end;
  }

  release(): Promise<void> {
    this.#end ??= Promise.resolve();
    return this.#end;
  }

  async #record(actual: Actual): Promise<void> {
    const { id, customer, user, quantities, properties } = this.#request;
    const used = Object.keys(actual.quantities ?? {}).length > 0 ? actual.quantities : undefined;
    if (actual.quantities && !used) return;
    const event = {
      id: id ?? crypto.randomUUID(),
      customer,
      user,
      quantities: used ?? quantities,
      properties: actual.properties ?? properties,
      cacheHit: actual.cacheHit,
    };
    await this.#outbox.record([{ type: 'event', atMs: Date.now(), late: true, event }]);
  }
}
