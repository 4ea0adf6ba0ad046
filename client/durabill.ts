import type {
  Actual,
  CheckAnswer,
  CheckRequest,
  Customer,
  CustomerFields,
  EventOutcome,
  Extension,
  LeaseRequest,
  Page,
  Reservation,
  ReserveRequest,
  UsageEvent,
  UsageQuery,
  UsageRow,
} from './bodies.js';
import type { AskOptions, Ending } from './decisions.js';
import type { Granted, Guard, GuardOptions, ValueOf } from './guard.js';
import { askLease, returnLease } from './leases/asking.js';
import type { LocalLease } from './leases/localLease.js';
import { partsOf, type DurabillOptions, type Parts } from './parts.js';

export { DurabillError } from './durabillError.js';
export type * from './bodies.js';
export type { Granted, GuardOptions, Outcome } from './guard.js';
export type { LocalLease } from './leases/localLease.js';
export type { DurabillOptions } from './parts.js';
export type { Loss } from './loss.js';
export type { RetryPolicy } from './retrying.js';

const CLOSE_MS = 10_000;

/**
 * A client of one API and one key. Everything it sends names itself by an id, so a repeat counts
 * once; a denial is never asked again. Call `close()` before the process ends.
 */
export class Durabill {
  readonly #parts: Parts;

  constructor(options: DurabillOptions) {
    this.#parts = partsOf(options);
  }

  /** For middleware: opens and ends what `guard` runs. */
  get guarding(): Guard {
    return this.#parts.guard;
  }

  /** Usage that waits for the API: events and commits. */
  get waiting(): number {
    return this.#parts.outbox.waiting;
  }

  /**
   * Records what has happened; one event that is refused throws, of several each has its result.
   * While the API is away they are kept and sent later with their ids and times (`buffered`).
   * @throws DurabillError; `journal_full` when nothing more can be kept.
   */
  track(event: UsageEvent): Promise<EventOutcome>;
  track(events: readonly UsageEvent[]): Promise<readonly EventOutcome[]>;
  track(
    events: UsageEvent | readonly UsageEvent[],
  ): Promise<EventOutcome | readonly EventOutcome[]> {
    return isList(events) ? this.#parts.tracking.all(events) : this.#parts.tracking.one(events);
  }

  /** Whether something may run and what it would cost. @throws DurabillError. */
  async check(request: CheckRequest, signal?: AbortSignal): Promise<CheckAnswer> {
    const call = { method: 'POST', path: '/v1/check', body: request, signal } as const;
    return (await this.#parts.http.send<CheckAnswer>(call)).body;
  }

  /** Holds quota for one request. @throws DurabillError: the denial, or `unavailable`. */
  reserve(request: ReserveRequest, options?: AskOptions): Promise<Reservation> {
    const { decisions } = this.#parts;
    const lease = options?.lease === true && request.id === undefined;
    return decisions.reserve(decisions.named(request), { ...options, lease });
  }

  /**
   * Counts what was used; less than reserved returns the rest. While the API is away the commit
   * is kept and sent later (`buffered`). @throws DurabillError.
   */
  commit(reservation: Ending, actual?: Actual): Promise<Ending> {
    return this.#parts.decisions.commit(reservation, actual);
  }

  /** Gives back what was reserved. @throws DurabillError. */
  release(reservation: Ending): Promise<Ending> {
    return this.#parts.decisions.release(reservation);
  }

  /** A longer life or a larger size. @throws DurabillError. */
  extend(reservation: Ending, extension: Extension): Promise<Ending> {
    return this.#parts.decisions.extend(reservation, extension);
  }

  /**
   * A block of quota to hand out here: `lease.take(quantities)` decides without a call, `commit`
   * and `release` end what it gave. @throws DurabillError.
   */
  lease(request: LeaseRequest, signal?: AbortSignal): Promise<LocalLease> {
    return askLease(this.#parts.http, request, signal);
  }

  /** Gives back what a lease has left; it hands out no more. @throws DurabillError. */
  returnLease(lease: LocalLease): Promise<void> {
    return returnLease(this.#parts.http, lease);
  }

  /**
   * Reserves, runs, and commits what was used if the run succeeds, else releases. It resolves
   * only once the usage is recorded, or kept in the journal.
   * @throws DurabillError, what `run` throws, or the reason of `options.signal`.
   */
  guard<Result>(
    request: ReserveRequest,
    run: (granted: Granted) => Promise<Result> | Result,
    options: GuardOptions<Result> & { readonly usageOf: (result: Result) => Actual },
  ): Promise<Result>;
  guard<Result>(
    request: ReserveRequest,
    run: (granted: Granted) => Promise<Result> | Result,
    options?: GuardOptions<Result>,
  ): Promise<ValueOf<Result>>;
  guard<Result>(
    request: ReserveRequest,
    run: (granted: Granted) => Promise<Result> | Result,
    options: GuardOptions<Result> = {},
  ): Promise<Result | ValueOf<Result>> {
    return this.#parts.guard.run(request, run, options);
  }

  /** A customer: plan, usage, limits. @throws DurabillError. */
  async customer(id: string): Promise<Customer> {
    const path = `/v1/customers/${encodeURIComponent(id)}`;
    return (await this.#parts.http.send<Customer>({ method: 'GET', path })).body;
  }

  /** Makes or changes a customer; safe at each login. @throws DurabillError. */
  async putCustomer(id: string, fields: CustomerFields = {}): Promise<Customer> {
    const path = `/v1/customers/${encodeURIComponent(id)}`;
    return (await this.#parts.http.send<Customer>({ method: 'PUT', path, body: fields })).body;
  }

  /** Usage by time, meter and key. @throws DurabillError. */
  async usage(query: UsageQuery): Promise<Page<UsageRow>> {
    const given = new URLSearchParams();
    for (const [name, value] of Object.entries(query) as [string, string | number | undefined][]) {
      if (value !== undefined) given.set(name, String(value));
    }
    const path = `/v1/usage?${given.toString()}`;
    return (await this.#parts.http.send<Page<UsageRow>>({ method: 'GET', path })).body;
  }

  /** Resolves once nothing waits. @throws DurabillError when the API does not take it now. */
  flush(): Promise<void> {
    return this.#parts.outbox.flush();
  }

  /** Returns leases and sends what waits, for at most `timeoutMs`; a journal keeps the rest. */
  async close(timeoutMs = CLOSE_MS): Promise<void> {
    const limit = new Promise<void>((resolve) => setTimeout(resolve, timeoutMs).unref());
    await Promise.race([this.#parts.leases.close(), limit]);
    await this.#parts.outbox.close(timeoutMs);
  }
}

function isList(events: UsageEvent | readonly UsageEvent[]): events is readonly UsageEvent[] {
  return Array.isArray(events);
}
