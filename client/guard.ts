import type { Actual, Reservation, ReserveRequest } from './bodies.js';
import type { AskOptions, Decisions } from './decisions.js';
import { DurabillError, isAway } from './durabillError.js';
import { Hold } from './hold.js';
import type { Outbox } from './outbox.js';
import { Unheld, type Running } from './running.js';

/** What `run` gives back when it says itself what it used. */
export interface Outcome<Value> extends Actual {
  readonly value: Value;
}

/** The value of a run: what it returned, or the `value` in it. */
export type ValueOf<Result> = Result extends { readonly value: infer Value } ? Value : Result;

/** What `run` is given. */
export interface Granted {
  /** Null: the API was away and `onUnavailable` is `allow`. */
  readonly reservation: Reservation | null;
  /** Fires when the caller gives up or the time is over: stop the work and throw. */
  readonly signal: AbortSignal;
}

/** How the quota for a run is asked for. */
export interface OpenOptions extends AskOptions {
  /**
   * `deny` (default): without an answer nothing runs, so hard limits hold. `allow`: it runs, and
   * its usage is recorded as an event afterwards, over a limit or not.
   */
  readonly onUnavailable?: 'deny' | 'allow';
}

/** How a guarded run behaves. */
export interface GuardOptions<Result> extends OpenOptions {
  /** What a result used; without it, `run` returns `{value, quantities?, …}` or a bare value. */
  readonly usageOf?: (result: Result) => Actual;
  /** Time for `run`, ms. */
  readonly timeoutMs?: number;
}

/** An id whose earlier runs failed or were cut off is reserved anew under a name of its own. */
const ATTEMPTS_MAX = 20;

const TTL_MS = 60_000;

/** What an id names in the n-th attempt of its work. */
function attemptId(id: string | undefined, attempt: number): string | undefined {
  return id === undefined || attempt === 1 ? id : `${id}~${attempt}`;
}

function ended(reservation: Reservation): DurabillError {
  return new DurabillError({
    code: `reservation_${reservation.status}`,
    status: 409,
    retryable: false,
    detail: `The work of ${reservation.id} is ${reservation.status}: it is not run again.`,
  });
}

/** Reserve, run, then commit or release: the one place where work and its counting meet. */
export class Guard {
  readonly #decisions: Decisions;
  readonly #outbox: Outbox;

  constructor(decisions: Decisions, outbox: Outbox) {
    this.#decisions = decisions;
    this.#outbox = outbox;
  }

  /** Reserves for work that begins now; an id whose earlier run failed may run again. */
  async open(request: ReserveRequest, options: OpenOptions): Promise<Running> {
    const named = this.#decisions.named(request);
    // What became of an id of the caller's own is known at the API only.
    const ask = { ...options, lease: options.lease === true && request.id === undefined };
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      const asked = { ...named, id: attemptId(named.id, attempt) };
      const reservation = await this.#reserve(asked, ask);
      if (reservation === null) return new Unheld(this.#outbox, named);
      const { status } = reservation;
      if (status === 'held') {
        return new Hold(this.#decisions, reservation, request.ttlMs ?? TTL_MS);
      }
      if (status === 'committed') throw ended(reservation);
    }
    const detail = `${named.id} was tried ${ATTEMPTS_MAX} times.`;
    throw new DurabillError({ code: 'conflict', status: 409, retryable: false, detail });
  }

  /** Runs the work if it may run, and counts it once if it succeeds. */
  async run<Result>(
    request: ReserveRequest,
    work: (granted: Granted) => Promise<Result> | Result,
    options: GuardOptions<Result>,
  ): Promise<ValueOf<Result>> {
    options.signal?.throwIfAborted();
    const running = await this.open(request, options);
    const signal = signalOf(options);
    let result: Result;
    let actual: Actual;
    try {
      signal.throwIfAborted();
      result = await work({ reservation: running.reservation, signal });
      actual = actualOf(result, options);
    } catch (error) {
      await running.release();
      throw error;
    }
    await running.commit(actual);
    return valueOf(result, options);
  }

  async #reserve(
    request: ReserveRequest,
    options: OpenOptions,
  ): Promise<Reservation | null> {
    try {
      return await this.#decisions.reserve(request, options);
    } catch (error) {
      const away = isAway(error);
      if (away && options.onUnavailable === 'allow') return null;
      // Given up with an answer on its way: a grant that nobody uses goes back.
      if (away || options.signal?.aborted) void this.#giveUp(request);
      throw error;
    }
  }

  async #giveUp({ id, customer }: ReserveRequest): Promise<void> {
    if (id === undefined) return;
    // It expires by itself otherwise.
    await this.#decisions.release({ id, customer }, 1_000).catch(() => undefined);
  }
}

function signalOf({ signal, timeoutMs }: GuardOptions<never>): AbortSignal {
  const signals = [
    ...(signal ? [signal] : []),
    ...(timeoutMs === undefined ? [] : [AbortSignal.timeout(timeoutMs)]),
  ];
  return AbortSignal.any(signals);
}

function isOutcome(result: unknown): result is Outcome<unknown> {
  return typeof result === 'object' && result !== null && 'value' in result;
}

function defined({ quantities, properties, cacheHit }: Actual): Actual {
  return {
    ...(quantities === undefined ? {} : { quantities }),
    ...(properties === undefined ? {} : { properties }),
    ...(cacheHit === undefined ? {} : { cacheHit }),
  };
}

function actualOf<Result>(result: Result, { usageOf }: GuardOptions<Result>): Actual {
  if (usageOf) return defined(usageOf(result));
  return isOutcome(result) ? defined(result) : {};
}

function valueOf<Result>(result: Result, { usageOf }: GuardOptions<Result>): ValueOf<Result> {
  const value: unknown = !usageOf && isOutcome(result) ? result.value : result;
  return value as ValueOf<Result>;
}
