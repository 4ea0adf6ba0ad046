import type { Actual, Reservation } from './bodies.js';
import type { Decisions, Ending } from './decisions.js';
import type { Running } from './running.js';

/** A failed run does not wait longer for its release: the hold ends by itself. */
const RELEASE_MS_MAX = 2_000;

/** A reservation that lives as long as its work, and ends once. */
export class Hold implements Running {
  readonly reservation: Reservation;
  readonly #decisions: Decisions;
  readonly #ttlMs: number;
  #timer: NodeJS.Timeout | undefined;
  #end: Promise<Ending> | null = null;

  /** Is extended while the process lives; `ttlMs` after its death it returns. */
  constructor(decisions: Decisions, reservation: Reservation, ttlMs: number) {
    this.reservation = reservation;
    this.#decisions = decisions;
    this.#ttlMs = ttlMs;
    if (reservation.lease === undefined) this.#extendLater();
  }

  /** Counts what was used; a second end of any kind is the first one. @throws DurabillError. */
  async commit(actual: Actual): Promise<void> {
    await this.#ended(() => this.#decisions.commit(this.reservation, actual));
  }

  /** Gives it back; where the API does not answer it returns by itself. */
  async release(): Promise<void> {
    await this.#ended(async () => {
      try {
        return await this.#decisions.release(this.reservation, RELEASE_MS_MAX);
      } catch {
        // Nothing is lost: it expires.
        return this.reservation;
      }
    });
  }

  #ended(end: () => Promise<Ending>): Promise<Ending> {
    clearTimeout(this.#timer);
    this.#end ??= end();
    return this.#end;
  }

  #extendLater(): void {
    this.#timer = setTimeout(() => void this.#extend(), this.#ttlMs / 2);
    this.#timer.unref();
  }

  async #extend(): Promise<void> {
    try {
      await this.#decisions.extend(this.reservation, { ttlMs: this.#ttlMs });
    } catch {
      // Tried again below; a commit after its expiry is taken anew if it fits.
    }
    if (!this.#end) this.#extendLater();
  }
}
