import type { Actual, Extension, Reservation, ReserveRequest } from './bodies.js';
import { isAway } from './durabillError.js';
import type { Http } from './http.js';
import type { JournalEntry } from './journal/journal.js';
import { leaseOf } from './leases/localLease.js';
import type { LocalLeases } from './leases/localLeases.js';
import type { Outbox } from './outbox.js';

/** How one request is asked for. */
export interface AskOptions {
  /**
   * Out of a local lease, where one fits: no call for this request. A request with an id of the
   * caller's own is asked at the API, which knows what became of it.
   */
  readonly lease?: boolean;
  readonly signal?: AbortSignal;
}

/** A reservation, as far as its end needs it. */
export type Ending = Pick<Reservation, 'id' | 'customer'> & Partial<Reservation>;

function pathOf({ id }: Pick<Ending, 'id'>, verb: string): string {
  return `/v1/reservations/${encodeURIComponent(id)}/${verb}`;
}

/** A token lets any API process act without looking anything up. */
function whose({ customer, token }: Ending): { readonly token: string } | { customer: string } {
  return token ? { token } : { customer };
}

/** What a commit names: nothing used at all is a zero of each meter that was reserved. */
function counted({ quantities: held = {} }: Ending, { quantities }: Actual) {
  if (quantities === undefined || Object.keys(quantities).length > 0) return quantities;
  return Object.fromEntries(Object.keys(held).map((meter) => [meter, 0]));
}

/** Reservations and their ends, at the API or out of leases that this process holds. */
export class Decisions {
  readonly #http: Http;
  readonly #outbox: Outbox;
  readonly #leases: LocalLeases;
  readonly #names: 'client' | 'api';

  constructor(http: Http, outbox: Outbox, leases: LocalLeases, names: 'client' | 'api') {
    this.#names = names;
    this.#http = http;
    this.#outbox = outbox;
    this.#leases = leases;
  }

  /** The request under its name, unless the API is to give it one. */
  named(request: ReserveRequest): ReserveRequest {
    const minted = this.#names === 'client' ? crypto.randomUUID() : undefined;
    return { ...request, id: request.id ?? minted };
  }

  /** @throws DurabillError: the denial, or `unavailable`. */
  async reserve(request: ReserveRequest, options: AskOptions = {}): Promise<Reservation> {
    const local = options.lease ? await this.#leases.reserve(request) : null;
    if (local) return local;
    const call = { method: 'POST', path: '/v1/reservations', body: request } as const;
    const { body } = await this.#http.send<Reservation>({ ...call, signal: options.signal });
    return body;
  }

  /**
   * Counts what was used, once however often it is called. While the API is away the commit is
   * kept and sent later (`buffered`).
   * @throws DurabillError when it is refused for good, or can't even be kept.
   */
  async commit(reservation: Ending, actual: Actual = {}): Promise<Ending> {
    if (reservation.lease !== undefined) return this.#commitLocally(reservation, actual);
    const { properties, cacheHit } = actual;
    const quantities = counted(reservation, actual);
    const body = { ...whose(reservation), quantities, properties, cacheHit };
    const path = pathOf(reservation, 'commit');
    try {
      return (await this.#http.send<Reservation>({ method: 'POST', path, body })).body;
    } catch (error) {
      if (!isAway(error)) throw error;
    }
    await this.#outbox.record([{ type: 'commit', id: reservation.id, body }]);
    return { ...reservation, buffered: true };
  }

  /** Gives back what was reserved. @throws DurabillError. */
  async release(reservation: Ending, timeoutMs?: number): Promise<Ending> {
    if (reservation.lease !== undefined) {
      leaseOf(reservation as Reservation)?.settle(reservation.id, null);
      return { ...reservation, status: 'released' };
    }
    const call = { method: 'POST', path: pathOf(reservation, 'release') } as const;
    const repeat = timeoutMs === undefined ? 'retryable' : 'never';
    const body = whose(reservation);
    return (await this.#http.send<Reservation>({ ...call, body, timeoutMs, repeat })).body;
  }

  /** A longer life, a larger size. @throws DurabillError. */
  async extend(reservation: Ending, extension: Extension): Promise<Ending> {
    // A lease ends when it ends: what it granted can't outlive it.
    if (reservation.lease !== undefined) return reservation;
    const body = { ...whose(reservation), ...extension };
    const path = pathOf(reservation, 'extend');
    return (await this.#http.send<Reservation>({ method: 'POST', path, body })).body;
  }

  /** Usage of a lease is an event that names it; its id makes a repeat harmless. */
  async #commitLocally(reservation: Ending, actual: Actual): Promise<Ending> {
    const lease = leaseOf(reservation as Reservation);
    const used = counted(reservation, actual) ?? reservation.quantities ?? {};
    const { id, customer, user } = reservation;
    if (lease && !lease.settle(id, actual.cacheHit ? null : used)) return reservation;
    const entry: JournalEntry = {
      type: 'event',
      atMs: Date.now(),
      late: false,
      event: {
        id,
        customer,
        user: user ?? undefined,
        quantities: used,
        properties: actual.properties ?? lease?.terms.request.properties,
        ...(actual.cacheHit ? { cacheHit: true } : { lease: reservation.lease }),
      },
    };
    await this.#outbox.record([entry]);
    return { ...reservation, status: 'committed', committed: used, buffered: true };
  }
}
